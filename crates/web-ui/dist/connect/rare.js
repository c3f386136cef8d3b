import{D as H,F as J,G as K,H as Q,I as V,J as X,a as y,e,f as P,g as c,h as v,i as T,j as q,k as z,o as S,p as U,q as O,
s as A,t as h,u as C,x as G,y as k,z as E}from"./shared.js";function ee({client:s,session:l,place:o,handle:m={}}){let t=h(),{texts:n,app:i}=t,{host:a}=o,[d,p]=v(),[g,_]=v(),[f,F]=v(
""),[w,$]=v(),[x,D]=v(""),I=()=>{a?.tell({type:"outcome",outcome:{session:s.id,status:"dismissed",at:"manage"}}),a?.tell(
{type:"close"})},L=async(r,b)=>{F(r),D("");try{await b()}catch(u){if(!(u instanceof z))throw u;D(u.reason)}F("")},B=()=>L(
"",async()=>p(await s.connections()));T(()=>{B(),addEventListener("pageshow",r=>r.persisted&&void B()),a?.tell({type:"st\
ep",step:"manage"})},[]);let M=(r,b)=>L(r,async()=>{let u=await s.errand(b),R=!1,Z=()=>{R=!0,$(void 0),B()};a||H(u.client.
id,s.id),$(await G.begin(u.client,u.session,{...o,host:J(Z,j=>R||a?.tell(j))}))}),Y=r=>L(r.id,async()=>{await s.disconnect(
r.id),O(n.t("manage_ended",{provider:r.name})),p(b=>b?.filter(u=>u!==r))});if(m.leave=()=>w?w.leave():I(),w)return e(A.Provider,
{value:{...t,flow:w},children:e(X,{},w.state.session.id)});let N=a&&I;if(x.startsWith("SESSION_"))return e(A.Provider,{value:{
...t,leave:N},children:e(V,{failure:{reason:x,owner:"END_USER",phase:"",reference:""}})});let W=n.t("manage_title");return e(
A.Provider,{value:{...t,leave:N},children:[e(k,{name:W,title:W,actions:d&&l.integrations.length>0&&e(c,{kind:d.length?"s\
econdary":"primary",wide:!0,busy:f==="new",onClick:()=>{M("new")},children:n.t(d.length?"manage_new":"choose_title")}),children:[
e("p",{class:"lead",children:n.t("manage_lead",{app:i})}),x&&e(U,{kind:"danger",title:n.t(Q(x).title),children:e(c,{onClick:()=>{
B()},children:n.t("try_again")})}),d?.length===0&&e("p",{class:"nothing",children:n.t("manage_empty")}),e("ul",{class:"o\
wned","aria-busy":!d,children:d?.map(r=>e(te,{own:r,busy:f===r.id,mend:()=>{M(r.id,r.id)},end:()=>_(r)},r.id))})]}),g&&e(
q,{title:n.t("manage_end_title",{provider:g.name}),onClose:()=>_(void 0),actions:e(y,{children:[e(c,{kind:"danger",onClick:()=>{
_(void 0),Y(g)},children:n.t("manage_end")}),e(c,{onClick:()=>_(void 0),children:n.t("manage_keep")})]}),children:e("p",
{children:n.t("manage_end_body",{app:i,provider:g.name})})})]})}function te({own:s,busy:l,mend:o,end:m}){let{texts:t}=h(),
{name:n,account:i,state:a,ended:d,scopes_left_out:p,mendable:g}=s,_=w=>new Intl.DateTimeFormat(t.locale,{dateStyle:"medi\
um"}).format(w),f=a==="connected"&&p,F=a==="ended"?t.t("reconnect_ended",{provider:n,date:_(d?.[1]??0)}):a==="failing"?t.
t("manage_failing"):f?t.t("manage_partial"):t.t("manage_since",{date:_(s.created_at)});return e("li",{class:"own",children:[
e(S,{name:n}),e("div",{class:"own-said",children:[e("h2",{children:n}),i&&e("p",{children:i}),e("p",{class:`own-state ow\
n-${f?"partial":a}`,children:[e(P,{name:a==="connected"&&!f?"check":"alert",size:16}),e("span",{children:F})]}),e("div",
{class:"own-ways",children:[g&&e(c,{kind:a==="ended"?"primary":"secondary",busy:l,onClick:o,"aria-label":`${t.t(f?"manag\
e_more":"manage_again")}: ${n}`,children:t.t(f?"manage_more":"manage_again")}),e(c,{kind:"quiet",onClick:m,"aria-label":`${t.
t("manage_end")}: ${n}`,children:t.t("manage_end")})]})]})]})}function ne({form:s,busy:l}){let{texts:o}=h(),m=C(),{attempt:t,mends:n}=m.state.session,i=s.name,[a,d]=[n?.account??"",t?.
account??""],p=o.t("other_account_title",{provider:i});return e(k,{center:!0,name:p,title:p,mark:e(E,{kind:"neutral",icon:"\
alert"}),actions:e(y,{children:[e(c,{kind:"primary",wide:!0,onClick:()=>{m.switchAccount(s)},children:o.t("other_account\
_switch",{expected:a})}),e(c,{wide:!0,busy:l,onClick:()=>{m.useOther(s)},children:o.t("other_account_use",{actual:d})})]}),
children:[e("p",{class:"lead",children:o.t("other_account_body",{expected:a,actual:d})}),e("p",{class:"small",children:o.
t("other_account_hint",{provider:i,actual:d})})]})}function oe({form:s,chosen:l}){let{texts:o}=h(),m=C(),t=m.state.session.
attempt?.choices??[],n=o.t("which_account_title",{provider:s.name});return e(k,{name:n,title:n,actions:e(c,{wide:!0,onClick:()=>{
m.switchAccount(s)},children:o.t("which_account_switch")}),children:[e("p",{class:"lead",children:o.t("which_account_bod\
y")}),e(K,{of:t,named:({label:i,detail:a})=>[i,a??""],onPick:i=>l===void 0&&void m.chooseAccount(s,t.indexOf(i)),children:i=>e(
y,{children:[e(S,{name:i.label}),e("span",{class:"choice-name",children:[i.label,i.detail&&e("small",{children:i.detail})]}),
t[l??-1]===i?e("span",{class:"spinner","aria-hidden":"true"}):e(P,{name:"chevron",size:18})]})})]})}function ae({form:s,link:l}){let{texts:o,app:m}=h(),t=C(),[n,i]=v(!1),a=s?.name??"",d=o.t("pending_title",{provider:a}),
p=async()=>{await navigator.clipboard.writeText(l??""),i(!0),O(o.t("copied"))};return e(k,{center:!0,name:d,title:d,mark:e(
E,{kind:"neutral",icon:"info"}),actions:e(y,{children:[l?e(c,{kind:"primary",wide:!0,icon:n?"check":"copy",onClick:()=>{
p()},children:o.t(n?"copied":"pending_copy")}):e(c,{kind:"primary",wide:!0,icon:"link",onClick:()=>{t.makeLink(s)},children:o.
t("pending_link")}),e(c,{wide:!0,onClick:()=>{t.again()},children:o.t("pending_again")}),t.place.host&&e(c,{kind:"quiet",
wide:!0,onClick:()=>t.close(),children:o.t("done")})]}),children:[e("p",{class:"lead",children:o.t("pending_body",{provider:a,
app:m})}),l&&e("div",{class:"field",children:[e("label",{for:"approval-link",children:o.t("pending_label")}),e("div",{class:"\
control",children:e("input",{id:"approval-link",readOnly:!0,value:l,onFocus:g=>g.currentTarget.select()})})]})]})}export{ee as Manager,ne as OtherAccount,ae as Pending,oe as WhichAccount};
