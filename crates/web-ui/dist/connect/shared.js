var b,Ze,Ut,U,we,ce,Je,ie,Xe,Se,ke,Qe,X=Symbol.for("pv"),le={},de=[],Bt=/^m(i|n|o|s|text|space)$/,Ee=Array.isArray,Ye=de.
slice,z=Object.assign;function q(t){t&&t.parentNode&&t.remove()}function re(t,e,n,r,o){var i={type:t,props:e,key:n,ref:r,__k:null,__:null,__b:0,__e:null,__c:null,constructor:X,__v:o||++Ze,
__i:-1,__u:0};return!o&&b.vnode&&b.vnode(i),i}function x(t){return t.children}function se(t,e){this.props=t,this.context=e,this.__g=0}function B(t,e){if(e==null)return t.
__&&B(t.__,t.__i+1);for(var n;e<t.__k.length;e++)if((n=t.__k[e])&&n.__e)return n.__e;return typeof t.type!="function"||t.
props.__P?null:B(t)}function Wt(t){var e,n=t.__v,r=n.__e,o=[],i=[],c=t.__P;c&&((e=z({constructor:X},n)).__v=n.__v+1,b.vnode&&
b.vnode(e),Ce(c,e,n,t.__n,c.namespaceURI,32&n.__u?[r]:null,o,r||B(n),32&n.__u,i),e.__v=n.__v,e.__.__k[e.__i]=e,rt(o,e,i),
n.__=n.__e=null,e.__e!=r&&et(e))}function et(t){if((t=t.__)&&t.__c&&!t.props.__P)return t.__e=null,t.__k.some(function(e){
return e&&(t.__e=e.__e)}),et(t)}function xe(t){(8&t.__g||(t.__g|=8,U.push(t),ce++))&&we==b.debounceRendering||((we=b.debounceRendering)||
queueMicrotask)(tt)}function tt(){try{for(var t,e=1;U.length;)U.length>e&&U.sort(Je),t=U.shift(),e=U.length,8&t.__g&&Wt(
t)}finally{(ce=U.length)&&(we||queueMicrotask)(tt)}}function nt(t,e,n,r,o,i,c,a,u,f,d){var _,g,l,p,h,y,m=r.__k||de,v=e.length;
for(u=Vt(n,e,m,u,v),_=0;_<v;_++)(l=n.__k[_])!=null&&(g=~l.__i&&m[l.__i]||le,l.__i=_,y=Ce(t,l,g,o,i,c,a,u,f,d),p=l.__e,(g.
ref!=l.ref||8&g.__u)&&(g.ref&&Re(g.ref,null,l,g),l.ref&&d.push(l.ref,l.__c||p,l)),h=h||p,4&l.__u?(u=ot(l,u,t,!g.__v),g.__e&&
(g.__e=null)):typeof l.type=="function"&&y!==void 0?u=y:p&&(u=p.nextSibling),l.__u&=-21);return n.__e=h,u}function Vt(t,e,n,r,o){
var i,c,a,u,f,d,_,g,l,p=n.length,h=p,y=0,m=0,v=t.__k=Array(o);for(i=0;i<o;i++)(c=e[i])!=null&&typeof c!="boolean"&&typeof c!=
"function"?(typeof c!="object"||c.constructor===String?c=v[i]=re(null,c):Ee(c)?c=v[i]=re(x,{children:c}):c.constructor===
X&&c.__b?c=v[i]=re(c.type,c.props,c.key,c.ref,c.__v):v[i]=c,u=i+y,c.__=t,c.__b=t.__b+1,a=null,~(f=c.__i=qt(c,n,u,h))&&(h--,
(a=n[f])&&(a.__u|=2)),a&&a.__v?(c.__u|=16,f==u-1?y--:f==u+1?y++:f!=u&&(f>u?y--:y++,m=1)):(~f||(o>p?y--:o<p&&y++),typeof c.
type!="function"&&(c.__u|=4))):v[i]=null;if(m){for(d=[],_=[],i=0;i<o;i++)if((c=v[i])&&16&c.__u){for(y=0,g=d.length;y<g;)
d[l=y+g>>1]<c.__i?y=l+1:g=l;d[y]=c.__i,_[i]=y+1}for(y=d.length;i--;)_[i]&&(_[i]==y?y--:v[i].__u|=4)}if(h)for(i=0;i<p;i++)
!(a=n[i])||2&a.__u||(a.__e==r&&(r=B(a)),Te(a,a));return r}function ot(t,e,n,r){var o,i,c,a;if(typeof t.type=="function"){
if(t.props.__P)return e;if(o=t.__k)for(i=0;i<o.length;i++)o[i]&&(o[i].__=t,e=ot(o[i],e,n,!1));return e}for(e&&!e.parentNode&&
(e=B(t))&&!e.parentNode&&(e=null),c=t.__e,a=e;a&&a.nodeType==8;)a=a.nextSibling;for(c!=a&&(!r&&n.moveBefore&&c.parentNode?
n.moveBefore(c,e):n.insertBefore(c,e||null)),e=c;(e=e&&e.nextSibling)&&e.nodeType==8&&!e.data.startsWith("$s"););return e}function qt(t,e,n,r){var o,i=t.key,c=t.type,a=e[n],u=a&&!(2&a.__u);if(a===null&&i==null||u&&i==a.key&&c==a.type)return n;
if(r>(u?1:0)){for(o=n-1;o>=0;o--)if((a=e[o])&&!(2&a.__u)&&i==a.key&&c==a.type)return o;for(o=n+1;o<e.length;o++)if((a=e[o])&&
!(2&a.__u)&&i==a.key&&c==a.type)return o}return-1}function Ge(t,e,n){n==null&&(n=""),e[0]=="-"?t.setProperty(e,n):t[e]=n}
function oe(t,e,n,r,o){var i,c;if(e=="style")if(typeof n=="string")t.style.cssText=n;else{if(typeof r=="string"&&(t.style.
cssText=r=""),r)for(e in r)n&&e in n||Ge(t.style,e);if(n)for(e in n)r&&n[e]==r[e]||Ge(t.style,e,n[e])}else if(e[0]=="o"&&
e[1]=="n")typeof n!="function"&&(n=null),typeof r!="function"&&(r=null),(t.__e||(t.__e={}))[e]=n,n&&r||(c=ke[e]||(ke[e]=
zt(e)),(t.__a||(t.__a={}))[e]=Se,i=e!=(e=e.replace(Xe,"$1")),(e=e.slice(2))[0]<"a"&&(e=e.toLowerCase()),n?t.addEventListener(
e,c,i):t.removeEventListener(e,c,i));else{if(o=="http://www.w3.org/2000/svg")e=e.replace(/xlink(H|:h)/,"h").replace(/sName$/,
"s");else if(e!="width"&&e!="height"&&e!="href"&&e!="list"&&e!="form"&&e!="tabIndex"&&e!="download"&&e!="rowSpan"&&e!="c\
olSpan"&&e!="role"&&e!="popover"&&e in t)try{return void(t[e]=n??"")}catch{}if(typeof n=="function")return;n==null||n===
!1&&e[4]!="-"?t.removeAttribute(e):t.setAttribute(e,e=="popover"&&n==1?"":n)}}function zt(t){return function(e){var n=this.
__e;if(n){if(n=n[t],e[ie]==null)e[ie]=Se++;else if(e[ie]<this.__a[t])return;return n(b.event?b.event(e):e)}}}function Ce(t,e,n,r,o,i,c,a,u,f){
var d,_,g,l,p,h,y,m,v,R,S,be,Ke,ne,W,je,$,V,M=e.type;if(e.constructor!==X)return null;128&n.__u&&(u=32&n.__u,d=n.__c.__z)&&
(e.__u|=u,_=i=[],d.nodeType==8?a=ae(d,i):i.push(d),a=i[0]||a),(d=b.__b)&&d(e);e:if(typeof M=="function"){g=c.length;try{
if(m=e.props,v=(d=M.prototype)&&d.render,R=(d=M.contextType)&&r[d.__c],S=d?R?R.props.value:d.__:r,(l=n.__c)?(e.__c=l,2&l.
__g&&(l.__g|=1)):(v?e.__c=l=new M(m,S):(e.__c=l=new se(m,S),l.constructor=M,l.render=jt),R&&R.sub(l),l.state||(l.state={}),
l.__n=r,l.__g|=8,l.__h=[],l.__k=[]),v&&(l.__s||(l.__s=l.state),M.getDerivedStateFromProps&&(l.__s==l.state&&(l.__s=z({},
l.__s)),z(l.__s,M.getDerivedStateFromProps(m,l.__s)))),p=l.props,h=l.state,l.__v=e,n.__c){if(m!==p&&v&&!M.getDerivedStateFromProps&&
l.componentWillReceiveProps&&l.componentWillReceiveProps(m,S),e.__v==n.__v&&!(8&l.__g)||!(4&l.__g)&&l.shouldComponentUpdate&&
l.shouldComponentUpdate(m,l.__s,S)===!1){e.__v!=n.__v&&(l.props=m,l.state=l.__s,l.__g&=-9),e.__e=n.__e,e.__k=n.__k,e.__k.
some(function(N){N&&(N.__=e)}),de.push.apply(l.__h,l.__k),l.__k=[],l.__h.length&&c.push(l),a=B(n);break e}l.componentWillUpdate&&
l.componentWillUpdate(m,l.__s,S),v&&l.componentDidUpdate&&l.__h.push(function(){l.componentDidUpdate(p,h,y)})}else v&&!M.
getDerivedStateFromProps&&l.componentWillMount&&l.componentWillMount(),v&&l.componentDidMount&&l.__h.push(l.componentDidMount);
l.context=S,l.props=m,l.__P=t,l.__g&=-5,be=b.__r,Ke=v?25:0;do l.__g&=-9,be&&be(e),d=l.render(l.props,l.state=l.__s,l.context);while(8&
l.__g&&++Ke<25);v&&(de.push.apply(l.__h,l.__k),l.__k=[]),l.state=l.__s,l.getChildContext&&(r=z({},r,l.getChildContext())),
v&&n.__c&&l.getSnapshotBeforeUpdate&&(y=l.getSnapshotBeforeUpdate(p,h)),ne=d&&d.type===x&&d.key==null?d.props.children:d,
m.__P&&(d=a,o=(t=m.__P).namespaceURI,u=i=null,n.props&&n.props.__P!=t&&(n.__k.some(function(N){N&&Te(N,N)}),n.__k=null),
a=n.__k?B(n,0):null),a=nt(t,Ee(ne)?ne:[ne],e,n,r,o,i,c,a,u,f),m.__P&&(e.__e=null,a=d),e.__u&=-161,_&&_.some(q),l.__h.length&&
c.push(l),1&l.__g&&(l.__g&=-4)}catch(N){if(c.length=g,e.__v=null,u||i)if(N&&N.then){if(e.__u|=128|u,i){for(~($=i.indexOf(
a||void 0))||($=i.length);(V=i[$-1])&&V.nodeType==8;)$--;for(;$<i.length;$++)if(V=i[$])if(i[$]=null,W){if(V==je)break}else{
if(V.nodeType!=8)break;V.data.startsWith("$s")&&(je=ae(W=V))}}if(!W){for(;a&&a.nodeType==8&&a.nextSibling;)a=a.nextSibling;
W=a}(d=ae(W=e.__c.__z||(e.__c.__z=W)))?(e.__e=W,a=d):e.__e=a,a=a&&a.nextSibling}else i&&i.some(q);else e.__e=n.__e;e.__k||
(e.__k=n.__k||[]),N&&N.then||it(e),b.__e(N,e,n)}}else a=e.__e=Kt(n.__e,e,n,r,o,i,c,u,f,t);return(d=b.diffed)&&d(e),a}function ae(t,e){
if(t&&t.nodeType==8&&t.data.startsWith("$s"))for(var n=1;t=t.nextSibling;){if(t.nodeType==8){if(t.data.startsWith("$s"))
n++;else if(t.data.startsWith("/$s")&&!--n)return t}e&&e.push(t)}}function it(t){t&&(t.__c&&(t.__c.__g|=4),t.__k&&t.__k.
some(it))}function rt(t,e,n){for(var r=0;r<n.length;)Re(n[r++],n[r++],n[r++]);b.__c&&b.__c(e,t),t.some(function(o){try{t=
o.__h,o.__h=[],t.some(function(i){i.call(o)})}catch(i){b.__e(i,o.__v)}})}function Kt(t,e,n,r,o,i,c,a,u,f){var d,_,g,l,p,
h,y,m,v=n.props||le,R=e.props,S=e.type;if(S=="svg"?o="http://www.w3.org/2000/svg":S=="math"?o="http://www.w3.org/1998/Ma\
th/MathML":o||(o="http://www.w3.org/1999/xhtml"),i){for(d=0;d<i.length;d++)if((p=i[d])&&(S?p.localName==S:p.nodeType==3)){
t=p,i[d]=null;break}}if(!t){if(m=f.ownerDocument||document,!S)return m.createTextNode(R);t=m.createElementNS(o,S,R.is?R:
f),a&&(b.__m&&b.__m(e,i),a=!1),i=null}if(S){if(f=S=="template"&&t.content||t,i=S=="textarea"&&R.defaultValue!=null?null:
i&&Ye.call(f.childNodes),!a&&i)for(v={},d=0;d<t.attributes.length;d++)v[(p=t.attributes[d]).name]=p.value;for(d in v)p=v[d],
d=="dangerouslySetInnerHTML"?g=p:d=="children"||d in R||d=="value"&&"defaultValue"in R||d=="checked"&&"defaultChecked"in
R||oe(t,d,null,p,o);for(d in R)p=R[d],d=="children"?l=p:d=="dangerouslySetInnerHTML"?_=p:d=="value"?h=p:d=="checked"?y=p:
a&&typeof p!="function"||v[d]===p||oe(t,d,p,v[d],o);_?(a||g&&(_.__html==g.__html||_.__html==t.innerHTML)||(t.innerHTML=_.
__html),e.__k=[]):(g&&(t.textContent=""),(S=="foreignObject"||o=="http://www.w3.org/1998/Math/MathML"&&Bt.test(S))&&(o="\
http://www.w3.org/1999/xhtml"),nt(f,Ee(l)?l:[l],e,n,r,o,i,c,i?i[0]:n.__k&&B(n,0),a,u),i&&i.some(q)),a&&S!="textarea"||(d=
"value",S=="progress"&&h==null?t.removeAttribute(d):h==null||h===t[d]&&(S!="progress"||h)||oe(t,d,h,v[d],o),d="checked",
y!=null&&y!=t[d]&&oe(t,d,y,v[d],o))}else v===R||a&&t.data==R||(t.data=R);return t}function Re(t,e,n,r){try{typeof t=="fu\
nction"?e?e.__x=t(e)||1:r&&(r=r.__c||r.__e)&&(e=r.__x)&&(r.__x=null,typeof e=="function"?e():t(null)):t.current=e}catch(o){
b.__e(o,n)}}function Te(t,e,n){var r,o,i,c;if(b.unmount&&b.unmount(t),!(r=t.ref)||r.current&&r.current!=t.__e||Re(r,null,
e,t),r=t.__c){if(r.componentWillUnmount)try{r.componentWillUnmount()}catch(a){b.__e(a,e)}r.__P=r.__n=null}if(r=t.__k)for(c=
0;c<r.length;c++)r[c]&&Te(r[c],e,typeof t.type!="function"||n&&!t.props.__P);!n&&(r=t.__c)&&(r=r.__z)&&(o=ae(r,i=[]))&&(r==
t.__e&&i.some(q),q(o),q(r)),n||q(t.__e),t.__e=t.__c=t.__=null}function jt(t,e,n){return this.constructor(t,n)}function Tn(t,e){
var n,r,o,i;b.__&&b.__(t,e),e.nodeType==9&&(e=e.documentElement),r=(n=t&&32&t.__u)?null:e.__k,e.__k=re(x,{children:[t]}),
o=[],i=[],Ce(e,e.__k,r||le,le,e.namespaceURI,r?null:e.firstChild?Ye.call(e.childNodes):null,o,r?r.__e:e.firstChild,n,i),
rt(o,e.__k,i),e.__k.props.children=null}function st(t){function e(n){var r,o;return this.getChildContext||(r=new Set,(o={})[e.__c]=this,this.getChildContext=function(){
return o},this.shouldComponentUpdate=function(i){this.props.value!=i.value&&r.forEach(function(c){c.__g|=4,xe(c)})},this.
sub=function(i){r.add(i);var c=i.componentWillUnmount;i.componentWillUnmount=function(){r.delete(i),c&&c.call(i)}}),n.children}
return e.__c="__cC"+Qe++,e.__=t,e.Provider=(e.Consumer=function(n,r){return n.children(r)}).contextType=e,e}b={__e:function(t,e,n,r){for(var o,i,c;e=e.__;)if((o=e.__c)&&!(1&o.__g)){o.__g|=4;try{if((c=(i=o.constructor)&&i.getDerivedStateFromError)&&
o.setState(i.getDerivedStateFromError(t)),o.componentDidCatch&&(o.componentDidCatch(t,r||{}),c=1),c&&8&o.__g)return void(o.
__g|=2)}catch(a){t=a}}throw ce=0,t}},Ze=0,Ut=function(t){return t!=null&&t.constructor===X},se.prototype.setState=function(t,e){
var n=this.__s;n&&n!=this.state||(n=this.__s=z({},this.state)),typeof t=="function"&&(t=t(z({},n),this.props)),t&&(z(n,t),
this.__v&&(e&&this.__k.push(e),xe(this)))},se.prototype.forceUpdate=function(t){this.__v&&(this.__g|=4,t&&this.__h.push(
t),xe(this))},se.prototype.render=x,U=[],ce=0,Je=function(t,e){return t.__v.__b-e.__v.__b},ie=Symbol(),Xe=/(PointerCapture)$|Capture$/i,
Se=0,ke={},Qe=0;var Gt="appearance";function Zt(t){dispatchEvent(new CustomEvent(Gt,{detail:t}))}function Jt(){let t=document.getElementById("boot");return t?.textContent?JSON.parse(t.textContent):{}}var Xt=Symbol.for("pv"),Qt=0;function s(t,e,n,r,o,i){e||(e={});var c,a,u=e;if("ref"in u&&typeof t!="function")for(a in u={},e)a=="ref"?c=e[a]:u[a]=e[a];
var f={type:t,props:u,key:n,ref:c,__k:null,__:null,__b:0,__e:null,__c:null,constructor:Xt,__v:--Qt,__i:-1,__u:0};return(o||
i)&&(f.__source=o,f.__self=i),b.vnode&&b.vnode(f),f}var O=class extends Error{constructor(n,r,o,i={}){super(o);this.status=n;this.reason=r;this.document=i}status;reason;document};
async function at(t,{method:e,headers:n={},body:r,signal:o},i){let c={method:e??(r===void 0?"GET":"POST"),headers:{accept:i,
...r===void 0?{}:{"content-type":"application/json"},...n},credentials:"same-origin",cache:"no-store"};r!==void 0&&(c.body=
JSON.stringify(r)),o&&(c.signal=o);let a;try{a=await fetch(t,c)}catch(f){throw o?.aborted?f:new O(0,"NETWORK","The serve\
r cannot be reached.")}if(a.ok)return a;let u=await a.json().catch(()=>({}));throw new O(a.status,String(u.reason??"UNKN\
OWN"),String(u.detail??a.statusText),u)}async function ue(t,e={}){let n=await at(t,e,"application/json");return n.status===
204?void 0:await n.json()}async function*Pe(t,e={}){let n=await at(t,e,"text/event-stream");if(!n.body)return;let r=n.body.
pipeThrough(new TextDecoderStream).getReader(),o="",i={id:"",event:"message",data:""};for(;;){let{done:c,value:a}=await r.
read();if(c)return;let u=(o+a).split(/\r\n|\n|\r/);o=u.pop()??"";for(let f of u){if(f===""){i.data&&(yield{...i,data:i.data.
replace(/\n$/,"")}),i={id:i.id,event:"message",data:""};continue}let[,d,_]=/^(\w+):? ?(.*)$/.exec(f)??[];d==="data"?i.data+=
`${_}
`:d==="event"?i.event=_??"":d==="id"&&(i.id=_??"")}}}var K,C,Fe,ct,Ie=Object.is,pe=0,gt=[],Ae=[],T=b,lt=T.__b,dt=T.__r,ut=T.diffed,pt=T.__c,ft=T.unmount,_t=T.__;function fe(t,e){
T.__h&&T.__h(C,t,pe||e),pe=0;var n=C.__H||(C.__H={__:[],__h:[]});return t>=n.__.length&&n.__.push({}),n.__[t]}function F(t){
return pe=1,Oe(bt,t)}function Oe(t,e,n){var r=fe(K++,2);if(r.t=t,!r.__c&&(r.__=[n?n(e):bt(void 0,e),function(i){var c=(r.
__N||r.__)[0],a=r.t(c,i);Ie(c,a)||(r.__N=[a,r.__[1]],r.__c.setState({}))}],r.__c=C,!C.__f)){C.__f=!0;var o=C.shouldComponentUpdate;
C.shouldComponentUpdate=function(i,c,a){var u=this.__H;if(!u)return!0;var f=!1,d=this.props!=i;if(u.__.some(function(g){
g.__N&&(f=!0,Ie(g.__[0],g.__N[0])||(d=!0))}),o){var _=o.call(this,i,c,a);return f?_||d:_}return!f||d}}return r.__}function I(t,e){
var n=fe(K++,3);!T.__s&&vt(n.__H,e)&&(n.__P=!0,n.__=t,n.u=e,C.__H.__h.push(n))}function H(t){return pe=5,De(function(){return{current:t}},[])}function De(t,e){var n=fe(K++,7);return vt(n.__H,e)&&(n.__=t(),n.__H=e),n.__}function yt(t){var e=C.context[t.__c],n=fe(K++,9);return n.c=t,e?(n.__==null&&(n.__=!0,e.sub(C)),e.props.value):t.__}function Yt(){var t;do{for(;t=Ae.shift();)try{Q(t)}catch(n){T.__e(n,{__:(t=t.__P)&&t.__v})}for(;t=gt.shift();){var e=t.__H;
if(t.__P&&e)try{e.__h.some(Q),e.__h.some(Ne),e.__h=[]}catch(n){e.__h=[],T.__e(n,t.__v)}}}while(Ae.length)}T.__b=function(t){
C=null,lt&&lt(t)},T.__=function(t,e){t&&e.__k&&e.__k.__m&&(t.__m=e.__k.__m),_t&&_t(t,e)},T.__r=function(t){dt&&dt(t),K=0;
var e=(C=t.__c).__H;e&&(Fe==C?C.__h=[]:(e.__h.some(Q),e.__h.some(Ne),K=0),e.__h=[],e.__.some(function(n){n.__N&&(n.__=n.
__N),n.u=n.__N=void 0})),Fe=C},T.diffed=function(t){ut&&ut(t);var e=t.__c;e&&e.__H&&(e.__H.__h.length&&ht(gt.push(e)),e.
__H.__.some(function(n){n.u&&(n.__H=n.u)})),Fe=C=null},T.__c=function(t,e){e.some(function(n){try{n.__h.some(Q),n.__h=n.
__h.filter(function(r){return!r.__||Ne(r)})}catch(r){n.__h=[function(){throw r}]}}),pt&&pt(t,e)},T.unmount=function(t){ft&&
ft(t);var e,n,r=t.__c;r&&r.__H&&(r.__H.__.some(function(o){try{if(o.__P&&o.__c){if(n===void 0){for(n=t.__;n&&(!n.__c||!n.
__c.__P);)n=n.__;n=n&&n.__c}o.__P=n,ht(Ae.push(o))}else Q(o)}catch(i){e=i}}),r.__H=void 0,e&&T.__e(e,r.__v))};var mt=typeof requestAnimationFrame==
"function";function en(t){var e,n=function(){clearTimeout(r),mt&&cancelAnimationFrame(e),setTimeout(t)},r=setTimeout(n,35);
mt&&(e=requestAnimationFrame(n))}function ht(t){t!=1&&ct==T.requestAnimationFrame||((ct=T.requestAnimationFrame)||en)(Yt)}
function Q(t){var e=C,n=t.__c;typeof n=="function"&&(t.__c=void 0,n()),C=e}function Ne(t){var e=C;t.__c=t.__(),C=e}function vt(t,e){
return!t||t.length!=e.length||e.some(function(n,r){return!Ie(n,t[r])})}function bt(t,e){return typeof e=="function"?e(t):
e}var Le=new Set;function L(t,e="polite"){for(let n of Le)n(e,t)}function tn(){let[t,e]=F({polite:"",assertive:""});return I(
()=>{let n=(r,o)=>e(i=>({...i,[r]:o}));return Le.add(n),()=>{Le.delete(n)}},[]),s(x,{children:[s("div",{class:"for-reade\
rs",role:"status",children:t.polite}),s("div",{class:"for-readers",role:"alert",children:t.assertive})]})}var nn={alert:"M10 6.5v4.2m0 2.8h.01M8.6 3.4 2.5 14a1.6 1.6 0 0 0 1.4 2.4h12.2a1.6 1.6 0 0 0 1.4-2.4L11.4 3.4a1.6 1.6 0 \
0 0-2.8 0Z",arrow:"M4 10h12m-5-5 5 5-5 5",back:"M16 10H4m5-5-5 5 5 5",check:"m4.5 10.5 3.6 3.6 7.4-8",chevron:"m7.5 4.5 \
5.5 5.5-5.5 5.5",close:"m5 5 10 10M15 5 5 15",copy:"M7.5 7.5V5A1.5 1.5 0 0 1 9 3.5h6A1.5 1.5 0 0 1 16.5 5v6a1.5 1.5 0 0 \
1-1.5 1.5h-2.5M5 7.5h6A1.5 1.5 0 0 1 12.5 9v6a1.5 1.5 0 0 1-1.5 1.5H5A1.5 1.5 0 0 1 3.5 15V9A1.5 1.5 0 0 1 5 7.5Z",external:"\
M11.5 3.5h5v5m0-5-7 7M8 4.5H5A1.5 1.5 0 0 0 3.5 6v9A1.5 1.5 0 0 0 5 16.5h9a1.5 1.5 0 0 0 1.5-1.5v-3",eye:"M2 10s2.9-5.5 \
8-5.5S18 10 18 10s-2.9 5.5-8 5.5S2 10 2 10Zm8 2.4a2.4 2.4 0 1 0 0-4.8 2.4 2.4 0 0 0 0 4.8Z","eye-off":"M8 4.8A8 8 0 0 1 \
10 4.5c5.1 0 8 5.5 8 5.5a14 14 0 0 1-2 2.6M5 6.2A13 13 0 0 0 2 10s2.9 5.5 8 5.5a8 8 0 0 0 4-1.1M8.3 8.3a2.4 2.4 0 0 0 3.\
4 3.4M3 3l14 14",info:"M10 9v4.5M10 6.5h.01M10 17.5a7.5 7.5 0 1 0 0-15 7.5 7.5 0 0 0 0 15Z",link:"M8.5 11.5a3 3 0 0 0 4.\
3 0l2.8-2.8a3 3 0 0 0-4.3-4.3l-1 1M11.5 8.5a3 3 0 0 0-4.3 0l-2.8 2.8a3 3 0 0 0 4.3 4.3l1-1",lock:"M6.5 9V6.5a3.5 3.5 0 0\
 1 7 0V9M5 9h10a1.5 1.5 0 0 1 1.5 1.5V15a1.5 1.5 0 0 1-1.5 1.5H5A1.5 1.5 0 0 1 3.5 15v-4.5A1.5 1.5 0 0 1 5 9Z",refresh:"\
M16.5 10a6.5 6.5 0 1 1-2-4.7l2 1.9m0-3.7v3.7h-3.7",search:"m16.5 16.5-3.7-3.7M14.5 9a5.5 5.5 0 1 1-11 0 5.5 5.5 0 0 1 11\
 0Z",window:"M4.5 4h11A1.5 1.5 0 0 1 17 5.5v9a1.5 1.5 0 0 1-1.5 1.5h-11A1.5 1.5 0 0 1 3 14.5v-9A1.5 1.5 0 0 1 4.5 4ZM3 8\
h14"};function E({name:t,size:e=20}){return s("svg",{class:`icon icon-${t}`,width:e,height:e,viewBox:"0 0 20 20",fill:"n\
one",stroke:"currentColor","stroke-width":"1.6","stroke-linecap":"round","stroke-linejoin":"round","aria-hidden":"true",
children:s("path",{d:nn[t]})})}function k({kind:t="secondary",icon:e,busy:n=!1,wide:r=!1,children:o,onClick:i,...c}){return s("button",{type:"button",...c,
class:`button button-${t}${r?" wide":""}`,"aria-disabled":n||void 0,"aria-busy":n||void 0,onClick:a=>{n?a.preventDefault():
i?.(a)},children:[n?s(Y,{}):e&&s(E,{name:e,size:18}),s("span",{children:o})]})}function j({icon:t,label:e,...n}){return s(
"button",{type:"button",...n,class:"icon-button","aria-label":e,title:e,children:s(E,{name:t})})}function Y(){return s("\
span",{class:"spinner","aria-hidden":"true"})}function Me({title:t,onClose:e,children:n,actions:r}){let o=H(null);return I(()=>{let i=document.activeElement;return o.
current?.showModal(),()=>i instanceof HTMLElement?i.focus():void 0},[]),s("dialog",{ref:o,class:"dialog","aria-labelledb\
y":"dialog-title",onCancel:i=>{i.preventDefault(),e()},children:[s("h2",{id:"dialog-title",children:t}),n,s("div",{class:"\
actions",children:r})]})}var on={type:"password"},rn={type:"text"};function He(t){let{id:e,label:n,optional:r,help:o,error:i,hint:c}=t,a=[o&&`${e}\
-help`,c&&!i&&`${e}-hint`,i&&`${e}-error`].filter(Boolean).join(" ");return s("div",{class:`field${i?" has-error":""}`,children:[
s("label",{for:e,children:[n,r&&s("span",{class:"optional",children:r})]}),o&&s("p",{class:"help",id:`${e}-help`,children:o}),
s(sn,{...t,described:a}),c&&!i&&s("p",{class:"hint",id:`${e}-hint`,children:[s(E,{name:"info",size:16}),s("span",{children:c})]}),
i&&s("p",{class:"error",id:`${e}-error`,children:[s(E,{name:"alert",size:16}),s("span",{children:i})]})]})}function sn({
id:t,value:e,onInput:n,optional:r,error:o,before:i,after:c,options:a,secret:u,multiline:f,input:d,described:_}){let[g,l]=F(
!1),p={id:t,value:e,required:!r,"aria-invalid":o?"true":void 0,"aria-describedby":_||void 0,onInput:h=>n(h.currentTarget.
value)};return a?s("div",{class:"control select",children:[s("select",{...p,children:a.map(h=>s("option",{value:h.value,
children:h.label},h.value))}),s(E,{name:"chevron",size:16})]}):f?s("textarea",{...p,class:"control",rows:5,spellcheck:!1,
autocomplete:"off"}):s("div",{class:"control",children:[i&&s("span",{class:"affix",children:i}),s("input",{...u&&!g?on:rn,
autocomplete:u?"new-password":"off",autocapitalize:"none",spellcheck:!1,...d,...p}),c&&s("span",{class:"affix",children:c}),
u&&s("button",{type:"button",class:"icon-button","aria-pressed":g,"aria-label":g?u.hide:u.show,title:g?u.hide:u.show,"ar\
ia-controls":t,onClick:()=>l(!g),children:s(E,{name:g?"eye-off":"eye"})})]})}var an=new Set(["ar","he","fa","ur"]);function cn(t,e,n={},r={}){let o=new Intl.PluralRules(t),i=a=>r[a]??n[a]??e[a]??a,
c=(a,u)=>ln(a,u,o);return{locale:t,direction:an.has(t.split("-")[0]??"")?"rtl":"ltr",t:(a,u={})=>c(i(a),u).replace(/\{(\w+)\}/g,
(f,d)=>String(u[d]??"")),rich:(a,u)=>c(i(a),u).split(/\{(\w+)\}/).map((f,d)=>d%2?u[f]:f),date:a=>new Intl.DateTimeFormat(
t,{dateStyle:"long"}).format(a)}}function ln(t,e,n){return t.replace(/\{(\w+), plural,((?:\s*[=\w]+\s*\{[^{}]*(?:\{\w+\}[^{}]*)*\})+)\s*\}/g,
(r,o,i)=>{let c=Number(e[o]),a={};for(let[,f,d]of i.matchAll(/([=\w]+)\s*\{([^{}]*(?:\{\w+\}[^{}]*)*)\}/g))a[f??""]=d??"";
return(a[`=${c}`]??a[n.select(c)]??a.other??"").replaceAll("#",new Intl.NumberFormat(n.resolvedOptions().locale).format(
c))})}function dn(t,e){for(let n of t){let r=e.find(o=>o.toLowerCase()===n.toLowerCase())??e.find(o=>o===n.split("-")[0]?.
toLowerCase());if(r)return r}return"en"}function G({name:t,src:e,size:n=40}){let r=[...t.trim()][0]?.toLocaleUpperCase()??"·",o=[...t].reduce((i,c)=>(i*31+(c.codePointAt(
0)??0))%8,7);return s("span",{class:`logo logo-${n>=48?"large":"small"} tint-${o}`,"aria-hidden":"true",children:e?s("im\
g",{src:e,alt:"",width:n,height:n}):r})}var un={info:"info",warning:"alert",danger:"alert",success:"check"};function Z({kind:t="info",title:e,children:n}){return s(
"div",{class:`notice notice-${t}`,children:[s(E,{name:un[t]??"info"}),s("div",{children:[e&&s("p",{class:"notice-title",
children:e}),n]})]})}var pn=st(void 0);function w(){let t=yt(pn);if(!t)throw new Error("outside of the program");return t}function A(){let{flow:t}=w();
if(!t)throw new Error("no session yet");return t}var _e=class t{constructor(e,n){this.id=e;this.holder=n}id;holder;static async open(e,n){let{binding:r,session:o}=await ue(
"/connect/api/sessions",{body:{token:e,...n&&{environment:n}}});return{client:new t(o.id,{binding:r}),session:o}}read(){
return this.call("")}form(e){return this.call(`/integrations/${encodeURIComponent(e)}`)}start(e,n,r){return this.call("/\
attempts",{body:{integration:e,fields:n,window:r}})}confirm(e){return this.call(`/attempts/${encodeURIComponent(e)}/conf\
irm`,{body:{}})}chooseAccount(e,n){return this.call(`/attempts/${encodeURIComponent(e)}/choose`,{body:{choice:n}})}connections(){
return this.call("/connections")}disconnect(e){return this.call(`/connections/${encodeURIComponent(e)}`,{method:"DELETE"})}async errand(e){
let{session:n}=await this.call("/errands",{body:{...e&&{mends:e}}});return{client:new t(n.id,this.holder),session:n}}async result(){
let{result_token:e}=await this.call("/result",{body:{}});return e}async approval(){let{link:e}=await this.call("/approva\
l",{body:{}});return e}cancel(e){return this.call(`/attempts/${encodeURIComponent(e)}`,{method:"DELETE"})}async*watch(e){
let n="",r=!0;for(let o=0;!e.aborted;)try{for await(let i of r?this.stream(e):this.poll(n,e))o=0,i.revision!==n&&(yield i),
n=i.revision}catch(i){if(e.aborted)return;if(i instanceof O&&i.status>=400&&i.status<500)throw i;o+=1,r=o<2,await fn(Math.
min(500*2**o,8e3),e)}}async*stream(e){for await(let{event:n,data:r}of Pe(this.path("/watch"),{...this.headers(),signal:e})){
if(n==="problem")throw new O(410,r,r);yield JSON.parse(r)}}async*poll(e,n){yield await this.call(`/watch?known=${encodeURIComponent(
e)}`,{signal:n})}path(e){return`/connect/api/sessions/${encodeURIComponent(this.id)}${e}`}headers(){return{headers:"bind\
ing"in this.holder?{authorization:`Bearer ${this.holder.binding}`}:{"x-form-token":this.holder.form_token}}}call(e,n={}){
return ue(this.path(e),{...n,...this.headers()})}};function fn(t,e){return new Promise(n=>{let r=setTimeout(n,t);e.addEventListener(
"abort",()=>{clearTimeout(r),n()})})}var _n="popup=yes,width=520,height=720",mn="/connect/window";function wt(){let t=window.open(mn,"_blank",_n);if(!t||t.closed)
return;let e,n=!1,r=()=>{e&&n&&t.postMessage({type:"visit",...e},location.origin)};return addEventListener("message",o=>{
o.origin!==location.origin||o.source!==t||o.data?.type!=="where"||(n=!0,r())}),{go:o=>{e=o,r()},focus:()=>t.focus(),close:()=>t.
close(),seemsClosed:()=>t.closed}}function Lo(){let t=window.opener;return t?new Promise(e=>{addEventListener("message",
n=>{if(n.origin!==location.origin||n.source!==t||n.data?.type!=="visit")return;let{session:r,binding:o,attempt:i,url:c}=n.
data;e({session:r,binding:o,attempt:i,url:c})}),t.postMessage({type:"where"},location.origin)}):Promise.resolve(void 0)}var kt="ADMIN_APPROVAL_PENDING",hn=3e3,xt=class t{constructor(e,n,r){this.client=e;this.place=n;this.state=r}client;place;state;listeners=new Set;watching;opened;told=!1;attempt;unwanted;telling;expiry;static async begin(e,n,r){
let o=new t(e,r,{session:n,screen:{at:"choose"},typed:{},leaving:!1});return addEventListener("pageshow",i=>i.persisted&&
void o.refresh()),addEventListener("pagehide",()=>o.stopWatching()),addEventListener("online",()=>o.isOffline()&&void o.
again()),o.expire(),await o.enter(),o.followHistory(),o.watch(),o}subscribe(e){return this.listeners.add(e),()=>this.listeners.
delete(e)}set(e){this.state={...this.state,...e};for(let n of this.listeners)n()}show(e){this.set({screen:e,leaving:!1}),
this.place.host?.tell({type:"step",step:St[e.at],integration:"form"in e?e.form?.key:void 0})}get canGoBack(){let{session:e,
screen:n}=this.state;return n.at!=="choose"&&n.at!=="done"&&e.integrations.length>1&&n.at!=="verify"}get hasTyped(){return this.
state.screen.at==="form"&&Object.values(this.state.typed).some(Boolean)}async choose(e){this.state.session.integrations.
length>1&&!this.place.host&&history.pushState({step:e.key},""),this.set({typed:{},fieldError:void 0}),await this.attempting(
async()=>{let n=await this.client.form(e.key);this.show({at:n.fields.length?"form":"explain",form:n})})}type(e,n){let r=this.
state.fieldError?.field===e?void 0:this.state.fieldError;this.set({typed:{...this.state.typed,[e]:n},fieldError:r})}async start(e,n={},r=!1){
let o=e.away&&this.place.windows&&!r;if(this.opened?.close(),this.opened=o?wt():void 0,o&&!this.opened){this.show({at:"b\
locked",form:e});return}this.show({at:e.away?"opening":"verify",form:e}),await this.attempting(async()=>{this.unwanted&&
await this.client.cancel(this.unwanted).catch(()=>{}),this.unwanted=void 0;let i=await this.client.start(e.key,n,o);if(i.
next!=="provider")return this.set({session:i.session}),i.next==="connected"?this.connected(i.session):this.asked(e.key);
if(this.attempt=i.attempt,!this.opened||!("binding"in this.client.holder)){location.assign(i.url);return}let{binding:c}=this.
client.holder;this.opened.go({session:this.client.id,binding:c,attempt:i.attempt,url:i.url}),this.show({at:"waiting",form:e,
seemsClosed:!1}),this.mindClosing()},e)}continueInTab(){if(!("binding"in this.client.holder))return;let e=new URLSearchParams(
{f:this.client.id,b:this.client.holder.binding});window.open(`/connect#${e}`,"_top")}focusWindow(){this.opened?.focus()}async cancel(){
this.opened?.close();let{screen:e}=this.state,n="form"in e?e.form:void 0;this.attempt&&await this.client.cancel(this.attempt).
catch(()=>{}),this.attempt=void 0,n?this.show({at:n.fields.length?"form":"explain",form:n}):await this.enter()}async useOther(e){
let{attempt:n}=this.state.session;n&&(this.show({at:"other_account",form:e,busy:!0}),await this.attempting(async()=>this.
connected(await this.client.confirm(n.id)),e))}async chooseAccount(e,n){let{attempt:r}=this.state.session;r&&(this.show(
{at:"which_account",form:e,chosen:n}),await this.attempting(async()=>{let o=await this.client.chooseAccount(r.id,n);this.
set({session:o}),o.connection?this.connected(o):await this.asked(e.key)},e))}async switchAccount(e){this.unwanted=this.state.
session.attempt?.id,this.attempt=void 0,e.fields.length?this.show({at:"form",form:e}):await this.start(e)}async makeLink(e){
await this.attempting(async()=>{let n=await this.client.approval();this.set({session:await this.client.read()}),this.expire(),
this.show({at:"pending",form:e,link:n})},e)}async back(){(this.state.screen.at==="waiting"||this.state.screen.at==="open\
ing")&&await this.cancel(),this.show({at:"choose"})}async again(){let{screen:e,session:n}=this.state,r=e.at==="failed"||
e.at==="pending"?e.form:void 0;n.attempt?.state==="held"?await this.asked(n.attempt.integration):r?this.show({at:r.fields.
length?"form":"explain",form:r}):await this.enter(n.attempt?.integration)}async chooseAnother(){this.show({at:"choose"})}startOver(){
this.place.host?.tell({type:"token"})}async renew(e){await this.attempting(async()=>{let{client:n,session:r}=await _e.open(
e,this.place.environment);this.client=n;let{screen:o}=this.state;this.set({session:r}),this.expire(),this.watch(),o.at===
"failed"&&!o.form?await this.enter():o.at==="failed"&&o.form&&this.show({at:o.form.fields.length?"form":"explain",form:o.
form})})}leave(){this.hasTyped&&!this.state.leaving?this.set({leaving:!0}):this.close()}stay(){this.set({leaving:!1})}close(){
let{screen:e,session:n}=this.state;if(this.telling){this.telling.then(()=>this.place.host?.tell({type:"close"}));return}
if(this.stopWatching(),clearTimeout(this.expiry),this.attempt&&!n.connection&&(this.opened?.close(),this.client.cancel(this.
attempt).catch(()=>{})),e.at==="pending")this.tell({status:"pending"});else if(e.at==="failed"&&e.failure.reason!=="USER\
_DECLINED"){let{reason:r,owner:o,reference:i}=e.failure;this.tell({status:"failed",reason:r,owner:o,reference:i})}else{let r=e.
at==="failed"?"USER_DECLINED":void 0;this.tell({status:"dismissed",at:St[e.at],reason:r})}this.place.host?.tell({type:"c\
lose"})}async enter(e){let{session:n}=this.state;if(n.connection)return this.connected(n);let r=e??this.place.host?.wishes.
integration,o=n.integrations.length===1?n.integrations[0]:n.integrations.find(u=>u.key===r);if(n.attempt?.state==="held"&&
!e)return this.asked(n.attempt.integration);let i=n.failure&&n.attempt&&!e,c=n.failure?.reason===kt;if(i&&n.failure&&!(c&&
n.approving)){let u=await this.client.form(n.attempt?.integration??"").catch(()=>{});return this.failed(n.failure,u)}if(!o)
return this.show({at:"choose"});let a=await this.client.form(o.key);this.show({at:a.fields.length?"form":"explain",form:a})}async asked(e){
this.opened?.close();let{attempt:n}=this.state.session;this.attempt=n?.id;let r=await this.client.form(e);this.show(n?.choices?
{at:"which_account",form:r}:{at:"other_account",form:r,busy:!1})}async watch(){this.stopWatching();let e=new AbortController;
this.watching=e;try{for await(let n of this.client.watch(e.signal))if(this.heard(n),n.connection)return}catch(n){let{screen:r}=this.
state;e.signal.aborted||this.failed(Et(n),"form"in r?r.form:void 0)}}heard(e){this.set({session:e});let{screen:n}=this.state,
{attempt:r,failure:o}=e;if(e.connection)this.connected(e);else{if(n.at!=="waiting"||!r||r.id!==this.attempt)return;r.state===
"failed"&&o?this.failed(o,n.form):r.state==="held"&&this.attempting(()=>this.asked(r.integration),n.form)}}stopWatching(){
this.watching?.abort(),this.watching=void 0}mindClosing(){let e=this.opened,n=0,r=setInterval(()=>{let{screen:o}=this.state;
if(o.at!=="waiting"||this.opened!==e)return clearInterval(r);n=e?.seemsClosed()?n||Date.now():0;let i=n>0&&Date.now()-n>=
hn;i!==o.seemsClosed&&this.set({screen:{...o,seemsClosed:i}})},500)}connected(e){this.state.screen.at!=="done"&&(this.opened?.
close(),this.attempt=void 0,clearTimeout(this.expiry),this.set({session:e,typed:{}}),this.show({at:"done",review:!!e.connection?.
scopes_left_out?.length}),this.place.host&&(this.telling=this.tellConnected(e)))}async tellConnected({connection:e,attempt:n,
integrations:r}){if(!e)return;let o=n?.integration??r[0]?.key??"",i=await this.result();this.tell({status:"connected",connection:{
id:e.id,integration:o,account:e.account},result_token:i})}result(){return this.client.result().catch(()=>{})}failed(e,n){
this.opened?.close(),this.attempt=void 0,e.reason===kt?this.show({at:"pending",form:n}):this.show({at:"failed",failure:e,
form:n})}async attempting(e,n){try{await e()}catch(r){this.opened?.close();let o=r instanceof O&&r.reason==="FIELD_INVAL\
ID"?r.document.field:void 0;if(n&&typeof o=="string"&&n.fields.some(a=>a.name===o)){this.show({at:"form",form:n}),this.set(
{fieldError:{field:o,message:r.message}});return}let i=await this.client.read().catch(()=>{});if(i&&this.set({session:i}),
i?.attempt?.state==="held"&&["verify","which_account"].includes(this.state.screen.at)&&!(r instanceof O&&r.reason.startsWith(
"PROVIDER_")))return this.asked(i.attempt?.integration??"");this.failed(Et(r,i),n)}}async refresh(){await this.attempting(
async()=>{this.set({session:await this.client.read()}),await this.enter(),this.watch()})}isOffline(){return this.state.screen.
at==="failed"&&this.state.screen.failure.reason==="NETWORK"}expire(){clearTimeout(this.expiry);let e=this.state.session.
expires_at-Date.now();this.expiry=setTimeout(()=>{let{screen:n}=this.state;n.at==="done"||n.at==="waiting"||this.failed(
{reason:"SESSION_EXPIRED",owner:"END_USER",phase:"",reference:""},"form"in n?n.form:void 0)},Math.min(Math.max(e,0),2**31-
1))}tell(e){this.told||(this.told=!0,this.place.host?.tell({type:"outcome",outcome:{session:this.client.id,...e}}))}followHistory(){
addEventListener("popstate",()=>{this.canGoBack&&this.back()})}},St={choose:"choose",explain:"explain",form:"form",verify:"\
verify",opening:"authorize",blocked:"authorize",waiting:"authorize",other_account:"account",which_account:"account",pending:"\
pending",failed:"failed",done:"done"};function Et(t,e){if(!(t instanceof O))throw t;let n=e?.failure;return n&&n.reason===
t.reason?n:{reason:t.reason,owner:t.document.owner??"OPERATOR",phase:"",reference:e?.attempt?.id??e?.id??""}}function P({title:t,name:e,mark:n,children:r,actions:o,center:i}){let{boot:c,texts:a,flow:u,leave:f=u?.place.host&&(()=>u.
leave())}=w(),d=H(null);return I(()=>{document.title=e,u?.place.host?.tell({type:"title",title:e}),d.current?.focus({preventScroll:!0}),
scrollTo(0,0)},[e]),s("main",{class:`card${i?" centered":""}`,children:[s("header",{class:"bar",children:[u?.canGoBack?s(
j,{icon:"back",label:a.t("back"),onClick:()=>u.place.host?void u.back():history.state?.step?history.back():void u.back()}):
s(gn,{}),s("span",{class:"bar-space"}),c.support_url&&s("a",{class:"bar-help",href:c.support_url,target:"_blank",rel:"no\
opener noreferrer",children:a.t("help")}),f&&s(j,{icon:"close",label:a.t("close"),onClick:f})]}),s("div",{class:"content",
children:[n,s("h1",{ref:d,tabIndex:-1,children:t}),r]}),o&&s("footer",{class:"foot",children:o})]})}function ee({kind:t,
icon:e}){return s("span",{class:`emblem emblem-${t}`,children:s(E,{name:e,size:26})})}function gn(){let{boot:t}=w();return t.
logo_light||t.logo_dark?s("span",{class:"brand",children:[s("img",{class:"brand-light",src:t.logo_light??t.logo_dark,alt:t.
app_name??"",height:28}),s("img",{class:"brand-dark",src:t.logo_dark??t.logo_light,alt:"",height:28})]}):t.app_name?s("s\
pan",{class:"brand",children:t.app_name}):s("span",{})}function D({provider:t,state:e}){let{boot:n}=w();return s("div",{
class:`pair${e?` pair-${e}`:""}`,"aria-hidden":"true",children:[n.app_name&&s(G,{name:n.app_name,src:n.logo_light,size:56}),
n.app_name&&s("span",{class:"pair-line",children:e==="done"?s(E,{name:"check",size:16}):s(E,{name:"arrow",size:16})}),s(
G,{name:t,size:56})]})}function me(){let{texts:t}=w();return s("p",{class:"safe",children:[s(E,{name:"lock",size:16}),s(
"span",{children:t.t("encrypted")})]})}var $e=0,Ue;function yn(){let t=new URL(`./rare.js${$e?`?again=${$e}`:""}`,import.meta.url).href;return Ue??=import(t).catch(
e=>{throw $e+=1,Ue=void 0,e}),Ue}function he({children:t}){let{texts:e}=w(),[n,r]=F(),[o,i]=F(!1),c=()=>{i(!1),yn().then(
r,()=>i(!0))};if(I(c,[]),n)return s(x,{children:t(n)});if(!o)return s("main",{class:"card","aria-busy":"true"});let a=e.
t("offline_title");return s(P,{center:!0,name:a,title:a,mark:s(ee,{kind:"wrong",icon:"alert"}),actions:s(k,{kind:"primar\
y",wide:!0,onClick:c,children:e.t("try_again")}),children:s("p",{class:"lead",children:e.t("offline_body")})})}var te="return:",Ct="managed:";function Yo(){let t=new URLSearchParams(location.hash.slice(1));history.replaceState(null,
"",location.pathname);let e=t.get("s"),[n,r]=[t.get("f"),t.get("b")],o=t.get("a"),i=e?{token:e}:n&&r?{session:n,binding:r}:
o?{approval:o}:void 0;if(!i)return!1;let c=t.get("r");c&&sessionStorage.setItem(te,c);let a=document.querySelector("#ope\
n");a&&o&&(a.action="/connect/approve");let u=Object.entries(i).map(([f,d])=>{let _=document.createElement("input");return _.
type="hidden",_.name=f,_.value=d,_});return a?.replaceChildren(...u),a?.submit(),!0}function ei(t,e){let n=sessionStorage.
getItem(te);n&&(sessionStorage.setItem(te+t,n),sessionStorage.removeItem(te));let r=sessionStorage.getItem(te+t),o=e.find(
c=>c===r)??(e.length===1?e[0]:void 0);if(!o)return;let i=new URL(o);return i.searchParams.set("latchkey_session",t),i.href}
function ti(t,e){sessionStorage.setItem(Ct+t,e)}function ni(t){let e=sessionStorage.getItem(Ct+t);if(e)return vn(()=>location.
replace(`/connect/${encodeURIComponent(e)}`))}function vn(t,e=()=>{}){return{wishes:{token:""},tell:n=>n.type==="close"||
n.type==="token"?t():n.type==="outcome"?void 0:e(n),listen:()=>{}}}var ge={title:"setup_title",body:"setup_body",way:"copy"},Be={title:"provider_down_title",body:"provider_down_body",way:"\
again"},bn={title:"ours_title",body:"ours_body",way:"again"},wn={title:"session_expired_title",body:"session_expired_bod\
y",way:"over"},ye={title:"stale_title",body:"stale_body",way:"none"},kn={USER_DECLINED:{title:"declined_title",body:"dec\
lined_body",way:"again",neutral:!0},OTHER_ACCOUNT:{title:"blocked_account_title",body:"blocked_account_body",way:"again"},
CREDENTIALS_REJECTED:{title:"rejected_title",body:"rejected_body",way:"again"},REAUTH_REQUIRED:{title:"expired_grant_tit\
le",body:"expired_grant_body",way:"again"},REFUSAL_UNCONFIRMED:{title:"expired_grant_title",body:"expired_grant_body",way:"\
again"},CLIENT_REJECTED:ge,REQUEST_REJECTED:ge,INTEGRATION_INCOMPLETE:ge,NOT_SUPPORTED:ge,PROVIDER_UNAVAILABLE:Be,PROVIDER_TIMEOUT:Be,
PROVIDER_UNREACHABLE:Be,PROVIDER_RATE_LIMITED:{title:"provider_busy_title",body:"provider_busy_body",way:"again"},PROVIDER_RESPONSE_INVALID:{
title:"provider_odd_title",body:"provider_odd_body",way:"again"},ISSUER_MISMATCH:{title:"mismatch_title",body:"mismatch_\
body",way:"again"},NETWORK:{title:"offline_title",body:"offline_body",way:"retry"},SESSION_UNKNOWN:{title:"no_session_ti\
tle",body:"no_session_body",way:"none"},SESSION_EXPIRED:wn,SESSION_CONSUMED:{title:"session_used_title",body:"session_us\
ed_body",way:"none"},SESSION_IN_OTHER_BROWSER:{title:"other_browser_title",body:"other_browser_body",way:"none"},AUTHORIZATION_EXPIRED:{
title:"expired_grant_title",body:"expired_grant_body",way:"again"},STATE_UNKNOWN:ye,STATE_USED:ye,PAGE_STALE:ye,NOT_OFFERED:ye,
NOT_ALLOWED_HERE:{title:"not_here_title",body:"not_here_body",way:"none"}};function We(t){return kn[t]??bn}function Rt({failure:t,form:e}){let{texts:n,app:r,flow:o}=w(),i=We(t.reason),c=o?.state.session.integrations.find(f=>f.key===
o.state.session.attempt?.integration),a={app:r,provider:e?.name??c?.name??"",reference:t.reference},u=n.t(i.title,a);return s(
P,{center:!0,name:u,title:u,mark:i.neutral?s(ee,{kind:"neutral",icon:"info"}):s(ee,{kind:"wrong",icon:"alert"}),actions:o&&
s(xn,{failure:t}),children:s("p",{class:"lead",children:n.t(i.body,a)})})}function xn({failure:t}){let{texts:e,flow:n}=w(),
[r,o]=F(!1);if(!n)return null;let{way:i}=We(t.reason),{host:c}=n.place,u=n.state.session.integrations.length>1&&i!=="non\
e"&&i!=="over"&&s(k,{kind:"quiet",wide:!0,onClick:()=>{n.chooseAnother()},children:e.t("choose_other")});if(i==="again"||
i==="retry")return s(x,{children:[s(k,{kind:"primary",wide:!0,onClick:()=>{n.again()},children:e.t(t.reason==="USER_DECL\
INED"?"start_again":"try_again")}),u]});if(i==="copy"){let f=async()=>{await navigator.clipboard.writeText(t.reference),
o(!0),L(e.t("copied"))};return s(x,{children:[s(k,{wide:!0,kind:"primary",icon:r?"check":"copy",onClick:()=>{f()},children:e.
t(r?"copied":"copy_code")}),u,c&&s(k,{kind:"quiet",wide:!0,onClick:()=>n.close(),children:e.t("close")})]})}return i==="\
over"&&c?s(k,{kind:"primary",wide:!0,onClick:()=>n.startOver(),children:e.t("start_over")}):c?s(k,{kind:"primary",wide:!0,
onClick:()=>n.close(),children:e.t("close")}):null}function Tt({review:t}){let{texts:e,app:n,returnTo:r}=w(),o=A(),{session:i}=o.
state,c=i.connection,a=i.attempt?.integration,u=(i.integrations.find(p=>p.key===a)??i.integrations[0])?.name??"",f=c?.scopes_left_out??
[],d=t?e.t("partial_title"):e.t("connected_title",{provider:u}),{host:_}=o.place,g=async p=>{p.preventDefault();let h=new URL(
r??"");h.searchParams.set("latchkey_status","connected");let y=await o.result();y&&h.searchParams.set("latchkey_result",
y),location.assign(h)},l=_?s(k,{kind:"primary",wide:!0,onClick:()=>o.close(),children:e.t(t?"partial_accept":"done")}):r&&
s("a",{class:"button button-primary wide",href:r,onClick:p=>{g(p)},children:e.t("connected_return",{app:n})});return s(P,
{center:!0,name:d,title:d,mark:t?s(D,{provider:u}):s(D,{provider:u,state:"done"}),actions:l,children:[c?.account&&s("p",
{class:"account",children:e.t("connected_as",{account:c.account})}),t?s(Z,{kind:"warning",children:[s("p",{children:e.t(
"partial_body",{provider:u,app:n})}),s("ul",{class:"left-out",children:f.map(p=>s("li",{children:s("code",{children:p})},
p))})]}):s("p",{class:"lead",children:e.t(_||r?"connected_body":"connected_close",{app:n})})]})}function Ve(t){return t.normalize("NFKD").replace(/\p{M}/gu,"").toLocaleLowerCase().replace(/[^\p{L}\p{N}]+/gu," ").trim()}
function Pt(t,e,n){let r=Ve(e).split(" ").filter(Boolean);return t.map(i=>({choice:i,rank:Sn(n(i),r)})).filter(({rank:i})=>i>
0).sort((i,c)=>c.rank-i.rank).map(({choice:i})=>i)}function Sn(t,e){let[n,r]=[Ve(t[0]),Ve(t[1])],o=e.join(" "),i=1;for(let c of e){
let a=` ${n}`.includes(` ${c}`)?3:n.includes(c)?2:` ${r}`.includes(` ${c}`)||r.replaceAll(" ","").includes(c)?1:0;if(!a)
return 0;i+=a}return i+(o&&n.startsWith(o)?10:0)}var En=6;function Ft({of:t,named:e,onPick:n,children:r}){let{texts:o}=w(),[i,c]=F(""),a=De(()=>Pt(t,i,e),[t,i]),u=H(null),
f=H(null);return I(()=>{i&&L(a.length?o.t("search_results",{count:a.length}):o.t("search_nothing",{query:i}))},[i,a.length]),
s("div",{onKeyDown:_=>{let g=_.key==="ArrowDown"?1:_.key==="ArrowUp"?-1:0;if(!g)return;let l=[u.current,...f.current?.querySelectorAll(
"button")??[]].filter(h=>h!==null),p=l.indexOf(document.activeElement);l[p+g]?.focus(),_.preventDefault()},children:[t.length>=
En&&s("div",{class:"control search",children:[s(E,{name:"search"}),s("input",{ref:u,type:"search",value:i,placeholder:o.
t("search"),"aria-label":o.t("search"),autocomplete:"off",spellcheck:!1,enterkeyhint:"search",onInput:_=>c(_.currentTarget.
value),onKeyDown:_=>_.key==="Enter"&&a[0]&&i&&n(a[0])}),i&&s(j,{icon:"close",label:o.t("search_clear"),onClick:()=>{c(""),
u.current?.focus()}})]}),s("ul",{class:"choices",ref:f,children:a.map(_=>s("li",{children:s("button",{type:"button",class:"\
choice",onClick:()=>n(_),children:r(_)})},t.indexOf(_)))}),!a.length&&s("p",{class:"nothing",children:o.t("search_nothin\
g",{query:i})})]})}function It(){let{texts:t,app:e}=w(),n=A(),{integrations:r}=n.state.session;return r.length?s(P,{name:t.t("choose_title"),
title:t.t("choose_title"),children:[s("p",{class:"lead",children:t.t("choose_lead",{app:e})}),s(Ft,{of:r,named:({name:o,
provider:i,key:c,categories:a})=>[o,[i,c,...a].join(" ")],onPick:o=>{n.choose(o)},children:o=>s(x,{children:[s(G,{name:o.
name}),s("span",{class:"choice-name",children:[o.name,o.provider!==o.name&&s("small",{children:o.provider})]}),s(E,{name:"\
chevron",size:18})]})})]}):s(P,{center:!0,name:t.t("empty_title"),title:t.t("empty_title"),children:s("p",{class:"lead",
children:t.t("empty_body",{app:e})})})}var qe=6;function At({form:t}){let{texts:e,app:n}=w(),r=A(),o=t.name,{mends:i,approving:c,end_user:a}=r.state.session,u=e.
t(i?"reconnect_title":"explain_title",{provider:o}),f=t.away?e.t("continue_at",{provider:o}):e.t("form_submit");return s(
P,{center:!0,name:u,title:u,mark:s(D,{provider:o}),actions:s(x,{children:[s(k,{kind:"primary",wide:!0,onClick:()=>{r.start(
t)},children:f}),s(me,{})]}),children:[c&&s(Z,{kind:"info",children:s("p",{children:e.t("approve_lead",{provider:o,app:n,
user:a})})}),i?s(ze,{form:t}):s("p",{class:"lead",children:e.t("explain_lead",{provider:o,app:n})}),t.scopes.length>0&&s(
"section",{class:"asks",children:[s("h2",{children:e.t("explain_scopes",{app:n})}),s("ul",{children:[t.scopes.slice(0,qe).
map(d=>s("li",{children:[s(E,{name:"check",size:16}),s("code",{children:d})]},d)),t.scopes.length>qe&&s("li",{class:"mor\
e",children:e.t("explain_more",{count:t.scopes.length-qe})})]})]}),t.away&&s("ul",{class:"points",children:[s("li",{children:e.
t("explain_points_1",{app:n})}),s("li",{children:e.t("explain_points_2")})]})]})}function ze({form:t}){let{texts:e}=w(),
{mends:n}=A().state.session;if(!n)return null;let r=n.ended&&e.t("reconnect_ended",{provider:t.name,date:e.date(new Date(
n.ended[1]))}),o=n.account?e.t("reconnect_account",{account:n.account}):e.t("reconnect_lead");return s(Z,{kind:r?"warnin\
g":"info",title:r||void 0,children:s("p",{children:o})})}function J(t,e){if(t.pattern)try{return new RegExp(t.pattern,"u").test(e)}catch{return}}function ve(t,e){let n=t.multiline?
e:e.trim();return t.before&&n.startsWith(t.before)&&(n=n.slice(t.before.length).replace(/\/$/,"")),t.after&&n.endsWith(t.
after)&&(n=n.slice(0,-t.after.length)),n}function Nt(t,e,n,r){let o=ve(t,e);if(!o||t.options?.length)return;let i=t.label;
if(t.secret){let c=/^(bearer|basic|token|authorization:)\s/i.exec(o)?.[1];if(c)return{key:"hint_prefixed",values:{prefix:c}};
if(/^(["'`]).+\1$/.test(o))return{key:"hint_quoted",values:{}};if(/[•…*]{3,}|\.{3}/.test(o))return{key:"hint_masked",
values:{provider:r}};if(/^https?:\/\//i.test(o)&&J(t,o)!==!0)return{key:"hint_address",values:{label:i}};if(/^[^\s@]+@[^\s@]+\.[a-z]{2,}$/i.
test(o)&&J(t,o)!==!0)return{key:"hint_email",values:{label:i}}}if(J(t,o)===!1){let c=n.find(a=>a!==t&&a.pattern&&J(a,o));
return c?{key:"hint_other_field",values:{label:c.label}}:{key:"hint_shape",values:{label:i}}}if(o!==e.trim()&&(t.before||
t.after))return{key:"hint_kept",values:{value:`${t.before??""}${o}${t.after??""}`}}}function Dt({form:t}){let{texts:e}=w(),n=A(),{typed:r,fieldError:o,session:i}=n.state,[c,a]=F({}),u=H(null),f=t.name,d=p=>r[p.
name]??p.value??p.options?.[0]??"",_=t.fields.filter(({when:p})=>!p||t.fields.some(h=>h.name===p[0]&&d(h)===p[1])),g=p=>{
p.preventDefault();let h={};for(let m of _)m.required&&!ve(m,d(m))?h[m.name]=e.t("field_missing",{label:m.label}):!m.secret&&
d(m)&&J(m,ve(m,d(m)))===!1&&(h[m.name]=e.t("field_wrong",{label:m.label}));a(h);let y=_.find(m=>h[m.name]);if(y){L(e.t("\
form_problems",{count:Object.keys(h).length}),"assertive"),u.current?.querySelector(`#in-${CSS.escape(y.name)}`)?.focus();
return}n.start(t,Object.fromEntries(_.map(m=>[m.name,d(m)])))},l=e.t(i.mends?"reconnect_title":"form_title",{provider:f});
return s(P,{name:l,title:l,mark:s(D,{provider:f}),actions:s(x,{children:[s(k,{kind:"primary",wide:!0,type:"submit",form:"\
fields",children:t.away?e.t("continue_at",{provider:f}):e.t("form_submit")}),s(me,{})]}),children:[i.mends?s(ze,{form:t}):
!t.away&&s("p",{class:"lead",children:e.t("form_lead",{provider:f})}),t.steps.length>0&&s("details",{class:"guide",open:!0,
children:[s("summary",{children:e.t("form_where")}),s("ol",{children:t.steps.map(p=>s("li",{children:s("span",{children:Ot(
p)})},p))})]}),s("form",{id:"fields",ref:u,noValidate:!0,onSubmit:g,children:_.map(p=>{let h=Nt(p,d(p),_,f),y=p.discouraged?.
includes(d(p))?e.t("field_discouraged",{provider:f}):void 0;return s(He,{id:`in-${p.name}`,label:p.label,value:d(p),onInput:m=>{
n.type(p.name,m),a(({[p.name]:v,...R})=>R)},optional:p.required?void 0:e.t("optional"),help:p.help?Ot(p.help):void 0,error:c[p.
name]??(o?.field===p.name?o.message:void 0),hint:h?e.t(h.key,h.values):y,before:p.before,after:p.after,options:p.options?.
map(m=>({value:m,label:m})),secret:p.secret?{show:e.t("show_value"),hide:e.t("hide_value")}:void 0,multiline:p.multiline},
p.name)})})]})}function Ot(t){return t.split(/(https:\/\/[^\s),;]+[^\s),;.])/).map((e,n)=>n%2?s("a",{href:e,target:"_bla\
nk",rel:"noopener noreferrer",children:e.replace(/^https:\/\/(www\.)?/,"").replace(/\/$/,"")},e):e)}var Cn=5e3;function Lt({form:t}){let{texts:e}=w(),n=A(),[r,o]=F(!1),i=e.t("verify_title",{provider:t.name});return I(()=>{
let c=setTimeout(()=>{o(!0),L(e.t("verify_slow",{provider:t.name}))},Cn);return()=>clearTimeout(c)},[]),s(P,{center:!0,name:i,
title:i,mark:s(D,{provider:t.name,state:"busy"}),actions:r&&s(k,{wide:!0,onClick:()=>{n.cancel()},children:e.t("cancel")}),
children:[s("p",{class:"lead",children:e.t(r?"verify_slow":"verify_body",{provider:t.name})}),s(Y,{})]})}function Mt({form:t}){
let{texts:e}=w(),n=e.t("opening_title",{provider:t.name});return s(P,{center:!0,name:n,title:n,mark:s(D,{provider:t.name,
state:"busy"}),children:[s("p",{class:"lead",children:e.t("opening_body")}),s(Y,{})]})}function Ht({form:t,seemsClosed:e}){
let{texts:n}=w(),r=A(),o=t.name,i=n.t("waiting_title",{provider:o}),c=n.t(e?"waiting_closed":"waiting_body");I(()=>{e&&L(
c)},[e]);let a=()=>{r.start(t,r.state.typed)};return s(P,{center:!0,name:i,title:i,mark:s(D,{provider:o,state:"busy"}),actions:s(
x,{children:[e?s(k,{kind:"primary",wide:!0,icon:"window",onClick:a,children:n.t("waiting_reopen")}):s(k,{kind:"primary",
wide:!0,icon:"window",onClick:()=>r.focusWindow(),children:n.t("waiting_focus")}),s("div",{class:"ways",children:[!e&&s(
k,{kind:"quiet",onClick:a,children:n.t("waiting_reopen")}),s(k,{kind:"quiet",onClick:()=>r.continueInTab(),children:n.t(
"waiting_here")}),s(k,{kind:"quiet",onClick:()=>{r.cancel()},children:n.t("cancel")})]})]}),children:s("p",{class:"lead",
children:c})})}function $t({form:t}){let{texts:e}=w(),n=A(),r=t.name,o=e.t("blocked_title",{provider:r});return s(P,{center:!0,
name:o,title:o,mark:s(D,{provider:r}),actions:s(x,{children:[s(k,{kind:"primary",wide:!0,icon:"window",onClick:()=>{n.start(
t,n.state.typed)},children:e.t("blocked_open",{provider:r})}),s(k,{wide:!0,onClick:()=>n.continueInTab(),children:e.t("w\
aiting_here")})]}),children:s("p",{class:"lead",children:e.t("blocked_body")})})}function er(){let{flow:t,texts:e}=w(),[,n]=Oe(i=>i+1,0);if(I(()=>t?.subscribe(()=>n(void 0)),[t]),!t)return null;let{screen:r,
leaving:o}=t.state;return s(x,{children:[s(Rn,{flow:t},r.at),o&&s(Me,{title:e.t("leave_title"),onClose:()=>t.stay(),actions:s(
x,{children:[s(k,{kind:"primary",onClick:()=>t.stay(),children:e.t("leave_stay")}),s(k,{onClick:()=>t.close(),children:e.
t("leave_go")})]}),children:s("p",{children:e.t("leave_body")})})]})}function Rn({flow:t}){let{screen:e}=t.state;switch(e.
at){case"choose":return s(It,{});case"explain":return s(At,{form:e.form});case"form":return s(Dt,{form:e.form});case"ver\
ify":return s(Lt,{form:e.form});case"opening":return s(Mt,{form:e.form});case"waiting":return s(Ht,{form:e.form,seemsClosed:e.
seemsClosed});case"other_account":return s(he,{children:({OtherAccount:n})=>s(n,{form:e.form,busy:e.busy})});case"which_\
account":return s(he,{children:({WhichAccount:n})=>s(n,{form:e.form,chosen:e.chosen})});case"blocked":return s($t,{form:e.
form});case"pending":return s(he,{children:({Pending:n})=>s(n,{form:e.form,link:e.link})});case"failed":return s(Rt,{failure:e.
failure,form:e.form});case"done":return s(Tt,{review:e.review})}}export{x as a,Tn as b,Zt as c,Jt as d,s as e,E as f,k as g,F as h,I as i,Me as j,O as k,ue as l,cn as m,dn as n,G as o,Z as p,
L as q,tn as r,pn as s,w as t,A as u,_e as v,Lo as w,xt as x,P as y,ee as z,he as A,Yo as B,ei as C,ti as D,ni as E,vn as F,
Ft as G,We as H,Rt as I,er as J};
