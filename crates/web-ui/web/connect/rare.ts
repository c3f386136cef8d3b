// What few people see, in a file of its own that comes when it is needed (`later.tsx`), with its texts.
export { meetCompat } from './compat';
export { Manager } from './manage';
export { OtherAccount, WhichAccount } from './screens/account';
export { Blocked } from './screens/blocked';
export { Failed } from './screens/failed';
export { Lost } from './screens/lost';
export { Pending } from './screens/pending';
