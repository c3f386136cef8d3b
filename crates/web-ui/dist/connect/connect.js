import{A as C,B as A,C as W,E as F,I as U,J as D,b as L,c as b,d as O,e as r,k as f,l as P,m as R,n as H,r as I,s as N,v as k,
w as Y,x as T,y}from"./shared.js";function M(t,o){return o.some(e=>e===t||e.endsWith(":*")&&t.startsWith(e.slice(0,-1))&&/^\d+$/.test(t.slice(e.length-1)))}
function B(t){return new Promise((o,e)=>{let n=new URLSearchParams(location.hash.slice(1)).get("o")??"";if(window.parent===
window||!M(n,t)){console.error(`Latchkey: ${n||"this page"} may not embed the connect pages. Add it to allowed_origins o\
f the environment.`),e(new Error("NOT_ALLOWED_HERE"));return}let d=crypto.randomUUID(),c=setTimeout(()=>{console.error("\
Latchkey: the page did not answer. Open the frame with the connect script of this server."),l(()=>e(new Error("NOT_ALLOW\
ED_HERE")))},5e3),l=a=>{clearTimeout(c),removeEventListener("message",p),a()},p=a=>{let h=a.ports[0];if(a.origin!==n||a.
source!==window.parent||!h)return;let{type:g,nonce:u,...s}=a.data;g!=="welcome"||u!==d||l(()=>o($(h,s)))};addEventListener(
"message",p),window.parent.postMessage({type:"hello",nonce:d,protocol:1},n)})}function $(t,o){return{wishes:o,tell:e=>t.
postMessage(e),listen:e=>{t.onmessage=n=>e(n.data)}}}function K(t){return new Promise((o,e)=>{let n=location.ancestorOrigins?.[0]??
(document.referrer&&new URL(document.referrer).origin);if(window.parent===window||!M(n,t)){console.error(`Latchkey: ${n||
"this page"} may not embed the connect pages. Add it to allowed_origins of the environment.`),e(new Error("NOT_ALLOWED_H\
ERE"));return}let d=a=>window.parent.postMessage(a,n),c,l=!1,p=a=>{if(a.type==="close"&&d({type:"close"}),a.type!=="outc\
ome")return;let{status:h,connection:g,reason:u}=a.outcome;h==="connected"&&d({type:"connect",payload:{providerConfigKey:g?.
integration,connectionId:g?.id,isPending:!1}}),h==="failed"&&d({type:"error",payload:{errorType:u,errorMessage:u}})};addEventListener(
"message",({origin:a,source:h,data:g})=>{if(a!==n||h!==window.parent||g?.type!=="session_token")return;let u=String(g.sessionToken);
if(l)return c?.({type:"token",token:u});l=!0,o({wishes:{token:u},tell:p,listen:s=>c=s})}),d({type:"ready"})})}var j={loading:"Loading",app_fallback:"the app you came from",back:"Back",close:"Close",cancel:"Cancel",optional:"option\
al",show_value:"Show",hide_value:"Hide",help:"Help",try_again:"Try again",done:"Done",copy:"Copy",copied:"Copied",encrypted:"\
Your details are stored encrypted.",choose_title:"Connect an app",choose_lead:"Choose what you want to use with {app}.",
search:"Search",search_results:"{count, plural, one {# result} other {# results}}",search_nothing:"Nothing matches “{que\
ry}”.",search_clear:"Clear search",empty_title:"Nothing to connect yet",empty_body:"{app} has not set up any apps here\
 yet.",explain_title:"Connect {provider}",explain_lead:"You will sign in at {provider} and decide there what {app} may d\
o.",explain_scopes:"{app} asks for",explain_more:"{count, plural, one {and # more} other {and # more}}",explain_points_1:"\
{app} never sees your password.",explain_points_2:"You can end the access at any time.",continue:"Continue",continue_at:"\
Continue to {provider}",reconnect_title:"Reconnect {provider}",reconnect_account:"Sign in again as {account} to restore \
the connection.",reconnect_lead:"Sign in again to restore the connection. Nothing else changes.",reconnect_ended:"{provi\
der} ended the access on {date}.",form_title:"Connect {provider}",form_lead:"Enter what {provider} gave you. It is tried\
 out before it is kept.",form_where:"Where do I find it?",form_submit:"Connect",form_problems:"{count, plural, one {One \
field needs another look.} other {# fields need another look.}}",field_missing:"Enter {label}.",field_wrong:"This does n\
ot look like {label}. Check that you copied all of it.",field_discouraged:"This works, but {provider} advises against it\
.",hint_address:"This looks like an address. {label} is needed.",hint_email:"This looks like an e-mail address. {label} \
is needed.",hint_prefixed:"Paste only the value, without “{prefix}”.",hint_quoted:"Paste only the value, without the\
 quotes around it.",hint_masked:"This is the shortened form that {provider} shows. Copy the whole value.",hint_shape:"{l\
abel} usually looks different. Check that you copied the right one.",hint_other_field:"This looks like {label}.",hint_kept:"\
This will be used: {value}",verify_title:"Checking with {provider}",verify_body:"This takes a few seconds.",verify_slow:"\
{provider} is taking its time. You can wait, or cancel and try again.",opening_title:"Opening {provider}",opening_body:"\
One moment.",waiting_title:"Finish in the {provider} window",waiting_body:"This page goes on by itself when you are done\
.",waiting_closed:"The window seems to be closed. If you did not finish, open it again.",waiting_focus:"Bring window to \
front",waiting_reopen:"Open again",waiting_here:"Use this tab",blocked_title:"Your browser kept the {provider} window cl\
osed",blocked_body:"Open it with the button, or carry on in this tab.",blocked_open:"Open {provider}",other_account_title:"\
This is a different {provider} account",other_account_body:"You are reconnecting {expected}, but signed in as {actual}.",
other_account_hint:"If {provider} signs you in as {actual} again, sign out there first.",other_account_switch:"Sign in w\
ith {expected}",other_account_use:"Use {actual}",blocked_account_title:"That was a different {provider} account",blocked_account_body:"\
So nothing was changed. Sign in with the account that is to be connected again; sign out of the other one at {provider} \
first, if need be.",which_account_title:"Which {provider} account?",which_account_body:"Your login opens several. Choose\
 the one to connect.",which_account_switch:"Sign in with another login",pending_title:"Waiting for a {provider} admin",pending_body:"\
This goes on by itself when they allow it. You can close this page.",pending_link:"Make a link for your admin",pending_label:"\
Link for your admin, good for a week",pending_copy:"Copy link for your admin",pending_again:"It is allowed now",approve_lead:"\
{user} wants to use {provider} with {app}, and needs you to allow it as an admin.",declined_title:"You stopped before fi\
nishing",declined_body:"Nothing was connected. You can start again whenever you like.",start_again:"Start again",choose_other:"\
Choose another app",rejected_title:"{provider} did not accept this",rejected_body:"Check that you copied all of it and t\
hat it has not been revoked.",provider_down_title:"{provider} is not responding",provider_down_body:"The problem is on t\
heir side. Try again in a few minutes.",provider_busy_title:"{provider} asked us to slow down",provider_busy_body:"Try a\
gain in a few minutes.",provider_odd_title:"{provider} gave an answer that makes no sense",provider_odd_body:"Try again.\
 If it happens again, tell {app}, with this code: {reference}.",expired_grant_title:"That took too long",expired_grant_body:"\
The permission from {provider} had already run out. Start again.",setup_title:"{app} needs to fix its {provider} setup",
setup_body:"You did nothing wrong. Give {app} this code: {reference}.",copy_code:"Copy code",mismatch_title:"That answer\
 was not from {provider}",mismatch_body:"So it was not used, and nothing was connected. Start again.",ours_title:"Someth\
ing went wrong on our side",ours_body:"Nothing was lost. Try again in a moment.",offline_title:"You are offline",offline_body:"\
What you typed is still here. It goes on when you are back online.",no_session_title:"This link is not complete",no_session_body:"\
Copy the whole link from where you were given it, or ask {app} for a new one.",other_browser_title:"This link is open in\
 another browser",other_browser_body:"For your safety it works in one browser only. Go on there, or ask {app} for a new \
link.",session_expired_title:"This page timed out",session_expired_body:"It closes after a while to keep your details sa\
fe. Ask {app} for a new link.",start_over:"Start over",session_used_title:"This link has been used",session_used_body:"A\
sk {app} for a new one.",not_here_title:"This page cannot be shown here",not_here_body:"Open it from {app}.",stale_title:"\
This page is out of date",stale_body:"Go back to the link you were given and start again.",leave_title:"Leave without co\
nnecting?",leave_body:"What you typed will not be kept.",leave_stay:"Keep going",leave_go:"Leave",connected_title:"{prov\
ider} is connected",connected_as:"Signed in as {account}.",connected_body:"{app} can use it from now on.",connected_return:"\
Back to {app}",connected_close:"You can close this page and go back to {app}.",partial_title:"Connected, with some acces\
s left out",partial_body:"{provider} did not grant everything that was asked for. Some of what {app} offers may not work\
.",partial_review:"Review access",partial_accept:"Continue anyway",manage_title:"Your connections",manage_lead:"What {ap\
p} may use for you.",manage_empty:"You have not connected anything yet.",manage_since:"Connected since {date}",manage_failing:"\
Not working at the moment. It is tried again by itself.",manage_partial:"Connected, with some access left out",manage_again:"\
Reconnect",manage_more:"Give more access",manage_end:"Disconnect",manage_new:"Connect another app",manage_end_title:"Dis\
connect {provider}?",manage_end_body:"{app} can no longer use it, and its access at {provider} is withdrawn. You can con\
nect it again later.",manage_keep:"Keep it",manage_ended:"{provider} is disconnected.",window_title:"Opening",window_lost_title:"\
This window lost its page",window_lost_body:"Close it and start again from the page you came from.",window_done_title:"Y\
ou can close this window",window_done_body:"The page you came from goes on by itself."};var Q=["en","de","es","fr","ja","ar"];async function E(t,o={}){let e=H(t?[t]:navigator.languages,Q),n=e==="en"?{}:await V(
e);return R(e,j,n,o[e])}async function V(t){try{return await(await fetch(new URL(`../locales/connect/${t}.json`,import.meta.
url))).json()}catch{return{}}}var i=O(),q=document.getElementById("app");function m(t,o=r(D,{})){if(!q)return;let{texts:e}=t;document.getElementById("\
plain")?.remove(),document.documentElement.lang=e.locale,document.documentElement.dir=e.direction,L(r(N.Provider,{value:t,
children:[o,r(I,{})]}),q)}function x(t){return{boot:i,texts:t,app:i.app_name??t.t("app_fallback")}}function v(t,o){m(t,r(
U,{failure:{reason:o,owner:"END_USER",phase:"",reference:""}}))}async function X(t){let o=new k(i.session??"",{form_token:i.
form_token??""}),e=await o.read(),n={windows:!1,environment:""};if(e.intent==="manage")return m(t,r(C,{children:({Manager:c})=>r(
c,{client:o,session:e,place:n})}));let d=await T.begin(o,e,{...n,host:F(o.id)});m({...t,flow:d,returnTo:W(i.session??"",
i.return_urls??[])})}async function z(t,o){let e;try{e=await o(i.allowed_origins??[])}catch{return v(x(t),"NOT_ALLOWED_H\
ERE")}let{wishes:n}=e,d=n.locale?await E(i.locale??n.locale,i.texts):t,c=x(d);n.appearance&&b(n.appearance),document.body.
classList.toggle("whole",n.whole===!0);let l=i.mode==="frame"?decodeURIComponent(location.pathname.split("/").pop()??""):
"",p,a,h={},g=async s=>{try{let w=await k.open(s,l);if(a=w.client,w.session.intent==="manage"){let _={windows:!0,host:e,
environment:l},S={client:a,session:w.session,place:_,handle:h};return m({...c,leave:u},r(C,{children:({Manager:G})=>r(G,
{...S},S.client.id)}))}p=await T.begin(w.client,w.session,{windows:!0,host:e,environment:l}),m({...c,flow:p})}catch(w){let _=w instanceof
f?w.reason:"INTERNAL";e.tell({type:"outcome",outcome:{status:"failed",session:a?.id,reason:_,owner:"END_USER"}}),v(c,_)}},
u=()=>p?p.leave():h.leave?h.leave():e.tell({type:"close"});e.listen(s=>{s.type==="close"&&u(),s.type==="token"&&(p?p.renew(
s.token):g(s.token)),s.type==="appearance"&&b(s.appearance)}),addEventListener("keydown",s=>{s.key==="Escape"&&!s.defaultPrevented&&
!document.querySelector("dialog[open]")&&u()}),new ResizeObserver(()=>e.tell({type:"size",height:Math.ceil(document.body.
scrollHeight)})).observe(document.body),e.tell({type:"ready"}),await g(n.token)}async function Z(t){let{texts:o}=t;m(t,r(
y,{center:!0,name:o.t("window_title"),title:o.t("opening_body"),mark:r("span",{class:"spinner","aria-hidden":"true"})}));
let e=await Y();if(!e){m(t,r(y,{center:!0,name:o.t("window_lost_title"),title:o.t("window_lost_title"),children:r("p",{class:"\
lead",children:o.t("window_lost_body")})}));return}let{session:n,binding:d,attempt:c,url:l}=e;await P("/connect/api/wind\
ow",{body:{session:n,binding:d,attempt:c}}),location.replace(l)}function ee(t){let{texts:o}=t;m(t,r(y,{center:!0,name:o.
t("window_done_title"),title:o.t("window_done_title"),mark:r("span",{class:"emblem emblem-neutral"}),children:r("p",{class:"\
lead",children:o.t("window_done_body")})})),window.close()}async function te(){if(i.mode==="open"&&A())return;let t=await E(
i.locale,i.texts),o=x(t);try{i.mode==="hosted"?await X(o):i.mode==="frame"?await z(t,B):i.mode==="compat"?await z(t,K):i.
mode==="window"?await Z(o):i.mode==="done"?ee(o):v(o,i.problem??"SESSION_UNKNOWN")}catch(e){if(v(o,e instanceof f?e.reason:
"INTERNAL"),!(e instanceof f))throw e}}te();
