// What few people see, in a file of its own that comes when it is needed (`later.tsx`).
export { Manager } from './manage';
export { OtherAccount, WhichAccount } from './screens/account';
export { Pending } from './screens/pending';
