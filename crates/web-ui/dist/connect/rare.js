import{C as G,E as H,F as J,G as K,H as Q,I as V,a as y,e,f as k,g as c,h as v,i as W,j as R,k as T,o as S,p as q,q as O,
s as A,t as h,u as F,x as U,y as b}from"./shared.js";function j({client:s,session:l,place:o,handle:m={}}){let t=h(),{texts:n,app:i}=t,{host:a}=o,[d,p]=v(),[g,_]=v(),[f,x]=v(
""),[w,E]=v(),[B,I]=v(""),$=()=>{a?.tell({type:"outcome",outcome:{session:s.id,status:"dismissed",at:"manage"}}),a?.tell(
{type:"close"})},L=async(r,C)=>{x(r),I("");try{await C()}catch(u){if(!(u instanceof T))throw u;I(u.reason)}x("")},P=()=>L(
"",async()=>p(await s.connections()));W(()=>{P(),addEventListener("pageshow",r=>r.persisted&&void P()),a?.tell({type:"st\
ep",step:"manage"})},[]);let z=(r,C)=>L(r,async()=>{let u=await s.errand(C),N=!1,Y=()=>{N=!0,E(void 0),P()};a||G(u.client.
id,s.id),E(await U.begin(u.client,u.session,{...o,host:H(Y,Z=>N||a?.tell(Z))}))}),X=r=>L(r.id,async()=>{await s.disconnect(
r.id),O(n.t("manage_ended",{provider:r.name})),p(C=>C?.filter(u=>u!==r))});if(m.leave=()=>w?w.leave():$(),w)return e(A.Provider,
{value:{...t,flow:w},children:e(V,{},w.state.session.id)});let D=a&&$;if(B.startsWith("SESSION_"))return e(A.Provider,{value:{
...t,leave:D},children:e(Q,{failure:{reason:B,owner:"END_USER",phase:"",reference:""}})});let M=n.t("manage_title");return e(
A.Provider,{value:{...t,leave:D},children:[e(b,{name:M,title:M,actions:d&&l.integrations.length>0&&e(c,{kind:d.length?"s\
econdary":"primary",wide:!0,busy:f==="new",onClick:()=>{z("new")},children:n.t(d.length?"manage_new":"choose_title")}),children:[
e("p",{class:"lead",children:n.t("manage_lead",{app:i})}),B&&e(q,{kind:"danger",title:n.t(K(B).title),children:e(c,{onClick:()=>{
P()},children:n.t("try_again")})}),d?.length===0&&e("p",{class:"nothing",children:n.t("manage_empty")}),e("ul",{class:"o\
wned","aria-busy":!d,children:d?.map(r=>e(ee,{own:r,busy:f===r.id,mend:()=>{z(r.id,r.id)},end:()=>_(r)},r.id))})]}),g&&e(
R,{title:n.t("manage_end_title",{provider:g.name}),onClose:()=>_(void 0),actions:e(y,{children:[e(c,{kind:"danger",onClick:()=>{
_(void 0),X(g)},children:n.t("manage_end")}),e(c,{onClick:()=>_(void 0),children:n.t("manage_keep")})]}),children:e("p",
{children:n.t("manage_end_body",{app:i,provider:g.name})})})]})}function ee({own:s,busy:l,mend:o,end:m}){let{texts:t}=h(),
{name:n,account:i,state:a,ended:d,scopes_left_out:p,mendable:g}=s,_=w=>new Intl.DateTimeFormat(t.locale,{dateStyle:"medi\
um"}).format(w),f=a==="connected"&&p,x=a==="ended"?t.t("reconnect_ended",{provider:n,date:_(d?.[1]??0)}):a==="failing"?t.
t("manage_failing"):f?t.t("manage_partial"):t.t("manage_since",{date:_(s.created_at)});return e("li",{class:"own",children:[
e(S,{name:n}),e("div",{class:"own-said",children:[e("h2",{children:n}),i&&e("p",{children:i}),e("p",{class:`own-state ow\
n-${f?"partial":a}`,children:[e(k,{name:a==="connected"&&!f?"check":"alert",size:16}),e("span",{children:x})]}),e("div",
{class:"own-ways",children:[g&&e(c,{kind:a==="ended"?"primary":"secondary",busy:l,onClick:o,"aria-label":`${t.t(f?"manag\
e_more":"manage_again")}: ${n}`,children:t.t(f?"manage_more":"manage_again")}),e(c,{kind:"quiet",onClick:m,"aria-label":`${t.
t("manage_end")}: ${n}`,children:t.t("manage_end")})]})]})]})}function te({form:s,busy:l}){let{texts:o}=h(),m=F(),{attempt:t,mends:n}=m.state.session,i=s.name,[a,d]=[n?.account??"",t?.
account??""],p=o.t("other_account_title",{provider:i});return e(b,{center:!0,name:p,title:p,mark:e("span",{class:"emblem\
 emblem-neutral",children:e(k,{name:"alert",size:26})}),actions:e(y,{children:[e(c,{kind:"primary",wide:!0,onClick:()=>{
m.switchAccount(s)},children:o.t("other_account_switch",{expected:a})}),e(c,{wide:!0,busy:l,onClick:()=>{m.useOther(s)},
children:o.t("other_account_use",{actual:d})})]}),children:[e("p",{class:"lead",children:o.t("other_account_body",{expected:a,
actual:d})}),e("p",{class:"small",children:o.t("other_account_hint",{provider:i,actual:d})})]})}function ne({form:s,chosen:l}){
let{texts:o}=h(),m=F(),t=m.state.session.attempt?.choices??[],n=o.t("which_account_title",{provider:s.name});return e(b,
{name:n,title:n,actions:e(c,{wide:!0,onClick:()=>{m.switchAccount(s)},children:o.t("which_account_switch")}),children:[e(
"p",{class:"lead",children:o.t("which_account_body")}),e(J,{of:t,named:({label:i,detail:a})=>[i,a??""],onPick:i=>l===void 0&&
void m.chooseAccount(s,t.indexOf(i)),children:i=>e(y,{children:[e(S,{name:i.label}),e("span",{class:"choice-name",children:[
i.label,i.detail&&e("small",{children:i.detail})]}),t[l??-1]===i?e("span",{class:"spinner","aria-hidden":"true"}):e(k,{name:"\
chevron",size:18})]})})]})}function oe({form:s,link:l}){let{texts:o,app:m}=h(),t=F(),[n,i]=v(!1),a=s?.name??"",d=o.t("pending_title",{provider:a}),
p=async()=>{await navigator.clipboard.writeText(l??""),i(!0),O(o.t("copied"))};return e(b,{center:!0,name:d,title:d,mark:e(
"span",{class:"emblem emblem-neutral",children:e(k,{name:"info",size:26})}),actions:e(y,{children:[l?e(c,{kind:"primary",
wide:!0,icon:n?"check":"copy",onClick:()=>{p()},children:o.t(n?"copied":"pending_copy")}):e(c,{kind:"primary",wide:!0,icon:"\
link",onClick:()=>{t.makeLink(s)},children:o.t("pending_link")}),e(c,{wide:!0,onClick:()=>{t.again()},children:o.t("pend\
ing_again")}),t.place.host&&e(c,{kind:"quiet",wide:!0,onClick:()=>t.close(),children:o.t("done")})]}),children:[e("p",{class:"\
lead",children:o.t("pending_body",{provider:a,app:m})}),l&&e("div",{class:"field",children:[e("label",{for:"approval-lin\
k",children:o.t("pending_label")}),e("div",{class:"control",children:e("input",{id:"approval-link",readOnly:!0,value:l,onFocus:g=>g.
currentTarget.select()})})]})]})}export{j as Manager,te as OtherAccount,oe as Pending,ne as WhichAccount};
