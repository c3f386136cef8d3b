var b,Ge,$t,U,be,ae,Ze,oe,Je,xe,we,Xe,X=Symbol.for("pv"),ce={},le=[],Ut=/^m(i|n|o|s|text|space)$/,Se=Array.isArray,Qe=le.
slice,z=Object.assign;function q(t){t&&t.parentNode&&t.remove()}function re(t,e,n,i,r){var o={type:t,props:e,key:n,ref:i,__k:null,__:null,__b:0,__e:null,__c:null,constructor:X,__v:r||++Ge,
__i:-1,__u:0};return!r&&b.vnode&&b.vnode(o),o}function x(t){return t.children}function ie(t,e){this.props=t,this.context=e,this.__g=0}function B(t,e){if(e==null)return t.
__&&B(t.__,t.__i+1);for(var n;e<t.__k.length;e++)if((n=t.__k[e])&&n.__e)return n.__e;return typeof t.type!="function"||t.
props.__P?null:B(t)}function Bt(t){var e,n=t.__v,i=n.__e,r=[],o=[],c=t.__P;c&&((e=z({constructor:X},n)).__v=n.__v+1,b.vnode&&
b.vnode(e),Ee(c,e,n,t.__n,c.namespaceURI,32&n.__u?[i]:null,r,i||B(n),32&n.__u,o),e.__v=n.__v,e.__.__k[e.__i]=e,rt(r,e,o),
n.__=n.__e=null,e.__e!=i&&Ye(e))}function Ye(t){if((t=t.__)&&t.__c&&!t.props.__P)return t.__e=null,t.__k.some(function(e){
return e&&(t.__e=e.__e)}),Ye(t)}function ke(t){(8&t.__g||(t.__g|=8,U.push(t),ae++))&&be==b.debounceRendering||((be=b.debounceRendering)||
queueMicrotask)(et)}function et(){try{for(var t,e=1;U.length;)U.length>e&&U.sort(Ze),t=U.shift(),e=U.length,8&t.__g&&Bt(
t)}finally{(ae=U.length)&&(be||queueMicrotask)(et)}}function tt(t,e,n,i,r,o,c,a,u,f,d){var _,g,l,p,h,y,m=i.__k||le,v=e.length;
for(u=Wt(n,e,m,u,v),_=0;_<v;_++)(l=n.__k[_])!=null&&(g=~l.__i&&m[l.__i]||ce,l.__i=_,y=Ee(t,l,g,r,o,c,a,u,f,d),p=l.__e,(g.
ref!=l.ref||8&g.__u)&&(g.ref&&Ce(g.ref,null,l,g),l.ref&&d.push(l.ref,l.__c||p,l)),h=h||p,4&l.__u?(u=nt(l,u,t,!g.__v),g.__e&&
(g.__e=null)):typeof l.type=="function"&&y!==void 0?u=y:p&&(u=p.nextSibling),l.__u&=-21);return n.__e=h,u}function Wt(t,e,n,i,r){
var o,c,a,u,f,d,_,g,l,p=n.length,h=p,y=0,m=0,v=t.__k=Array(r);for(o=0;o<r;o++)(c=e[o])!=null&&typeof c!="boolean"&&typeof c!=
"function"?(typeof c!="object"||c.constructor===String?c=v[o]=re(null,c):Se(c)?c=v[o]=re(x,{children:c}):c.constructor===
X&&c.__b?c=v[o]=re(c.type,c.props,c.key,c.ref,c.__v):v[o]=c,u=o+y,c.__=t,c.__b=t.__b+1,a=null,~(f=c.__i=Vt(c,n,u,h))&&(h--,
(a=n[f])&&(a.__u|=2)),a&&a.__v?(c.__u|=16,f==u-1?y--:f==u+1?y++:f!=u&&(f>u?y--:y++,m=1)):(~f||(r>p?y--:r<p&&y++),typeof c.
type!="function"&&(c.__u|=4))):v[o]=null;if(m){for(d=[],_=[],o=0;o<r;o++)if((c=v[o])&&16&c.__u){for(y=0,g=d.length;y<g;)
d[l=y+g>>1]<c.__i?y=l+1:g=l;d[y]=c.__i,_[o]=y+1}for(y=d.length;o--;)_[o]&&(_[o]==y?y--:v[o].__u|=4)}if(h)for(o=0;o<p;o++)
!(a=n[o])||2&a.__u||(a.__e==i&&(i=B(a)),Re(a,a));return i}function nt(t,e,n,i){var r,o,c,a;if(typeof t.type=="function"){
if(t.props.__P)return e;if(r=t.__k)for(o=0;o<r.length;o++)r[o]&&(r[o].__=t,e=nt(r[o],e,n,!1));return e}for(e&&!e.parentNode&&
(e=B(t))&&!e.parentNode&&(e=null),c=t.__e,a=e;a&&a.nodeType==8;)a=a.nextSibling;for(c!=a&&(!i&&n.moveBefore&&c.parentNode?
n.moveBefore(c,e):n.insertBefore(c,e||null)),e=c;(e=e&&e.nextSibling)&&e.nodeType==8&&!e.data.startsWith("$s"););return e}function Vt(t,e,n,i){var r,o=t.key,c=t.type,a=e[n],u=a&&!(2&a.__u);if(a===null&&o==null||u&&o==a.key&&c==a.type)return n;
if(i>(u?1:0)){for(r=n-1;r>=0;r--)if((a=e[r])&&!(2&a.__u)&&o==a.key&&c==a.type)return r;for(r=n+1;r<e.length;r++)if((a=e[r])&&
!(2&a.__u)&&o==a.key&&c==a.type)return r}return-1}function je(t,e,n){n==null&&(n=""),e[0]=="-"?t.setProperty(e,n):t[e]=n}
function ne(t,e,n,i,r){var o,c;if(e=="style")if(typeof n=="string")t.style.cssText=n;else{if(typeof i=="string"&&(t.style.
cssText=i=""),i)for(e in i)n&&e in n||je(t.style,e);if(n)for(e in n)i&&n[e]==i[e]||je(t.style,e,n[e])}else if(e[0]=="o"&&
e[1]=="n")typeof n!="function"&&(n=null),typeof i!="function"&&(i=null),(t.__e||(t.__e={}))[e]=n,n&&i||(c=we[e]||(we[e]=
qt(e)),(t.__a||(t.__a={}))[e]=xe,o=e!=(e=e.replace(Je,"$1")),(e=e.slice(2))[0]<"a"&&(e=e.toLowerCase()),n?t.addEventListener(
e,c,o):t.removeEventListener(e,c,o));else{if(r=="http://www.w3.org/2000/svg")e=e.replace(/xlink(H|:h)/,"h").replace(/sName$/,
"s");else if(e!="width"&&e!="height"&&e!="href"&&e!="list"&&e!="form"&&e!="tabIndex"&&e!="download"&&e!="rowSpan"&&e!="c\
olSpan"&&e!="role"&&e!="popover"&&e in t)try{return void(t[e]=n??"")}catch{}if(typeof n=="function")return;n==null||n===
!1&&e[4]!="-"?t.removeAttribute(e):t.setAttribute(e,e=="popover"&&n==1?"":n)}}function qt(t){return function(e){var n=this.
__e;if(n){if(n=n[t],e[oe]==null)e[oe]=xe++;else if(e[oe]<this.__a[t])return;return n(b.event?b.event(e):e)}}}function Ee(t,e,n,i,r,o,c,a,u,f){
var d,_,g,l,p,h,y,m,v,R,E,ve,ze,te,W,Ke,$,V,M=e.type;if(e.constructor!==X)return null;128&n.__u&&(u=32&n.__u,d=n.__c.__z)&&
(e.__u|=u,_=o=[],d.nodeType==8?a=se(d,o):o.push(d),a=o[0]||a),(d=b.__b)&&d(e);e:if(typeof M=="function"){g=c.length;try{
if(m=e.props,v=(d=M.prototype)&&d.render,R=(d=M.contextType)&&i[d.__c],E=d?R?R.props.value:d.__:i,(l=n.__c)?(e.__c=l,2&l.
__g&&(l.__g|=1)):(v?e.__c=l=new M(m,E):(e.__c=l=new ie(m,E),l.constructor=M,l.render=Kt),R&&R.sub(l),l.state||(l.state={}),
l.__n=i,l.__g|=8,l.__h=[],l.__k=[]),v&&(l.__s||(l.__s=l.state),M.getDerivedStateFromProps&&(l.__s==l.state&&(l.__s=z({},
l.__s)),z(l.__s,M.getDerivedStateFromProps(m,l.__s)))),p=l.props,h=l.state,l.__v=e,n.__c){if(m!==p&&v&&!M.getDerivedStateFromProps&&
l.componentWillReceiveProps&&l.componentWillReceiveProps(m,E),e.__v==n.__v&&!(8&l.__g)||!(4&l.__g)&&l.shouldComponentUpdate&&
l.shouldComponentUpdate(m,l.__s,E)===!1){e.__v!=n.__v&&(l.props=m,l.state=l.__s,l.__g&=-9),e.__e=n.__e,e.__k=n.__k,e.__k.
some(function(N){N&&(N.__=e)}),le.push.apply(l.__h,l.__k),l.__k=[],l.__h.length&&c.push(l),a=B(n);break e}l.componentWillUpdate&&
l.componentWillUpdate(m,l.__s,E),v&&l.componentDidUpdate&&l.__h.push(function(){l.componentDidUpdate(p,h,y)})}else v&&!M.
getDerivedStateFromProps&&l.componentWillMount&&l.componentWillMount(),v&&l.componentDidMount&&l.__h.push(l.componentDidMount);
l.context=E,l.props=m,l.__P=t,l.__g&=-5,ve=b.__r,ze=v?25:0;do l.__g&=-9,ve&&ve(e),d=l.render(l.props,l.state=l.__s,l.context);while(8&
l.__g&&++ze<25);v&&(le.push.apply(l.__h,l.__k),l.__k=[]),l.state=l.__s,l.getChildContext&&(i=z({},i,l.getChildContext())),
v&&n.__c&&l.getSnapshotBeforeUpdate&&(y=l.getSnapshotBeforeUpdate(p,h)),te=d&&d.type===x&&d.key==null?d.props.children:d,
m.__P&&(d=a,r=(t=m.__P).namespaceURI,u=o=null,n.props&&n.props.__P!=t&&(n.__k.some(function(N){N&&Re(N,N)}),n.__k=null),
a=n.__k?B(n,0):null),a=tt(t,Se(te)?te:[te],e,n,i,r,o,c,a,u,f),m.__P&&(e.__e=null,a=d),e.__u&=-161,_&&_.some(q),l.__h.length&&
c.push(l),1&l.__g&&(l.__g&=-4)}catch(N){if(c.length=g,e.__v=null,u||o)if(N&&N.then){if(e.__u|=128|u,o){for(~($=o.indexOf(
a||void 0))||($=o.length);(V=o[$-1])&&V.nodeType==8;)$--;for(;$<o.length;$++)if(V=o[$])if(o[$]=null,W){if(V==Ke)break}else{
if(V.nodeType!=8)break;V.data.startsWith("$s")&&(Ke=se(W=V))}}if(!W){for(;a&&a.nodeType==8&&a.nextSibling;)a=a.nextSibling;
W=a}(d=se(W=e.__c.__z||(e.__c.__z=W)))?(e.__e=W,a=d):e.__e=a,a=a&&a.nextSibling}else o&&o.some(q);else e.__e=n.__e;e.__k||
(e.__k=n.__k||[]),N&&N.then||ot(e),b.__e(N,e,n)}}else a=e.__e=zt(n.__e,e,n,i,r,o,c,u,f,t);return(d=b.diffed)&&d(e),a}function se(t,e){
if(t&&t.nodeType==8&&t.data.startsWith("$s"))for(var n=1;t=t.nextSibling;){if(t.nodeType==8){if(t.data.startsWith("$s"))
n++;else if(t.data.startsWith("/$s")&&!--n)return t}e&&e.push(t)}}function ot(t){t&&(t.__c&&(t.__c.__g|=4),t.__k&&t.__k.
some(ot))}function rt(t,e,n){for(var i=0;i<n.length;)Ce(n[i++],n[i++],n[i++]);b.__c&&b.__c(e,t),t.some(function(r){try{t=
r.__h,r.__h=[],t.some(function(o){o.call(r)})}catch(o){b.__e(o,r.__v)}})}function zt(t,e,n,i,r,o,c,a,u,f){var d,_,g,l,p,
h,y,m,v=n.props||ce,R=e.props,E=e.type;if(E=="svg"?r="http://www.w3.org/2000/svg":E=="math"?r="http://www.w3.org/1998/Ma\
th/MathML":r||(r="http://www.w3.org/1999/xhtml"),o){for(d=0;d<o.length;d++)if((p=o[d])&&(E?p.localName==E:p.nodeType==3)){
t=p,o[d]=null;break}}if(!t){if(m=f.ownerDocument||document,!E)return m.createTextNode(R);t=m.createElementNS(r,E,R.is?R:
f),a&&(b.__m&&b.__m(e,o),a=!1),o=null}if(E){if(f=E=="template"&&t.content||t,o=E=="textarea"&&R.defaultValue!=null?null:
o&&Qe.call(f.childNodes),!a&&o)for(v={},d=0;d<t.attributes.length;d++)v[(p=t.attributes[d]).name]=p.value;for(d in v)p=v[d],
d=="dangerouslySetInnerHTML"?g=p:d=="children"||d in R||d=="value"&&"defaultValue"in R||d=="checked"&&"defaultChecked"in
R||ne(t,d,null,p,r);for(d in R)p=R[d],d=="children"?l=p:d=="dangerouslySetInnerHTML"?_=p:d=="value"?h=p:d=="checked"?y=p:
a&&typeof p!="function"||v[d]===p||ne(t,d,p,v[d],r);_?(a||g&&(_.__html==g.__html||_.__html==t.innerHTML)||(t.innerHTML=_.
__html),e.__k=[]):(g&&(t.textContent=""),(E=="foreignObject"||r=="http://www.w3.org/1998/Math/MathML"&&Ut.test(E))&&(r="\
http://www.w3.org/1999/xhtml"),tt(f,Se(l)?l:[l],e,n,i,r,o,c,o?o[0]:n.__k&&B(n,0),a,u),o&&o.some(q)),a&&E!="textarea"||(d=
"value",E=="progress"&&h==null?t.removeAttribute(d):h==null||h===t[d]&&(E!="progress"||h)||ne(t,d,h,v[d],r),d="checked",
y!=null&&y!=t[d]&&ne(t,d,y,v[d],r))}else v===R||a&&t.data==R||(t.data=R);return t}function Ce(t,e,n,i){try{typeof t=="fu\
nction"?e?e.__x=t(e)||1:i&&(i=i.__c||i.__e)&&(e=i.__x)&&(i.__x=null,typeof e=="function"?e():t(null)):t.current=e}catch(r){
b.__e(r,n)}}function Re(t,e,n){var i,r,o,c;if(b.unmount&&b.unmount(t),!(i=t.ref)||i.current&&i.current!=t.__e||Ce(i,null,
e,t),i=t.__c){if(i.componentWillUnmount)try{i.componentWillUnmount()}catch(a){b.__e(a,e)}i.__P=i.__n=null}if(i=t.__k)for(c=
0;c<i.length;c++)i[c]&&Re(i[c],e,typeof t.type!="function"||n&&!t.props.__P);!n&&(i=t.__c)&&(i=i.__z)&&(r=se(i,o=[]))&&(i==
t.__e&&o.some(q),q(r),q(i)),n||q(t.__e),t.__e=t.__c=t.__=null}function Kt(t,e,n){return this.constructor(t,n)}function Rn(t,e){
var n,i,r,o;b.__&&b.__(t,e),e.nodeType==9&&(e=e.documentElement),i=(n=t&&32&t.__u)?null:e.__k,e.__k=re(x,{children:[t]}),
r=[],o=[],Ee(e,e.__k,i||ce,ce,e.namespaceURI,i?null:e.firstChild?Qe.call(e.childNodes):null,r,i?i.__e:e.firstChild,n,o),
rt(r,e.__k,o),e.__k.props.children=null}function it(t){function e(n){var i,r;return this.getChildContext||(i=new Set,(r={})[e.__c]=this,this.getChildContext=function(){
return r},this.shouldComponentUpdate=function(o){this.props.value!=o.value&&i.forEach(function(c){c.__g|=4,ke(c)})},this.
sub=function(o){i.add(o);var c=o.componentWillUnmount;o.componentWillUnmount=function(){i.delete(o),c&&c.call(o)}}),n.children}
return e.__c="__cC"+Xe++,e.__=t,e.Provider=(e.Consumer=function(n,i){return n.children(i)}).contextType=e,e}b={__e:function(t,e,n,i){for(var r,o,c;e=e.__;)if((r=e.__c)&&!(1&r.__g)){r.__g|=4;try{if((c=(o=r.constructor)&&o.getDerivedStateFromError)&&
r.setState(o.getDerivedStateFromError(t)),r.componentDidCatch&&(r.componentDidCatch(t,i||{}),c=1),c&&8&r.__g)return void(r.
__g|=2)}catch(a){t=a}}throw ae=0,t}},Ge=0,$t=function(t){return t!=null&&t.constructor===X},ie.prototype.setState=function(t,e){
var n=this.__s;n&&n!=this.state||(n=this.__s=z({},this.state)),typeof t=="function"&&(t=t(z({},n),this.props)),t&&(z(n,t),
this.__v&&(e&&this.__k.push(e),ke(this)))},ie.prototype.forceUpdate=function(t){this.__v&&(this.__g|=4,t&&this.__h.push(
t),ke(this))},ie.prototype.render=x,U=[],ae=0,Ze=function(t,e){return t.__v.__b-e.__v.__b},oe=Symbol(),Je=/(PointerCapture)$|Capture$/i,
xe=0,we={},Xe=0;var jt="appearance";function Gt(t){dispatchEvent(new CustomEvent(jt,{detail:t}))}function Zt(){let t=document.getElementById("boot");return t?.textContent?JSON.parse(t.textContent):{}}var Jt=Symbol.for("pv"),Xt=0;function s(t,e,n,i,r,o){e||(e={});var c,a,u=e;if("ref"in u&&typeof t!="function")for(a in u={},e)a=="ref"?c=e[a]:u[a]=e[a];
var f={type:t,props:u,key:n,ref:c,__k:null,__:null,__b:0,__e:null,__c:null,constructor:Jt,__v:--Xt,__i:-1,__u:0};return(r||
o)&&(f.__source=r,f.__self=o),b.vnode&&b.vnode(f),f}var O=class extends Error{constructor(n,i,r,o={}){super(r);this.status=n;this.reason=i;this.document=o}status;reason;document};
async function st(t,{method:e,headers:n={},body:i,signal:r},o){let c={method:e??(i===void 0?"GET":"POST"),headers:{accept:o,
...i===void 0?{}:{"content-type":"application/json"},...n},credentials:"same-origin",cache:"no-store"};i!==void 0&&(c.body=
JSON.stringify(i)),r&&(c.signal=r);let a;try{a=await fetch(t,c)}catch(f){throw r?.aborted?f:new O(0,"NETWORK","The serve\
r cannot be reached.")}if(a.ok)return a;let u=await a.json().catch(()=>({}));throw new O(a.status,String(u.reason??"UNKN\
OWN"),String(u.detail??a.statusText),u)}async function de(t,e={}){let n=await st(t,e,"application/json");return n.status===
204?void 0:await n.json()}async function*Te(t,e={}){let n=await st(t,e,"text/event-stream");if(!n.body)return;let i=n.body.
pipeThrough(new TextDecoderStream).getReader(),r="",o={id:"",event:"message",data:""};for(;;){let{done:c,value:a}=await i.
read();if(c)return;let u=(r+a).split(/\r\n|\n|\r/);r=u.pop()??"";for(let f of u){if(f===""){o.data&&(yield{...o,data:o.data.
replace(/\n$/,"")}),o={id:o.id,event:"message",data:""};continue}let[,d,_]=/^(\w+):? ?(.*)$/.exec(f)??[];d==="data"?o.data+=
`${_}
`:d==="event"?o.event=_??"":d==="id"&&(o.id=_??"")}}}var K,C,Pe,at,Fe=Object.is,ue=0,ht=[],Ie=[],T=b,ct=T.__b,lt=T.__r,dt=T.diffed,ut=T.__c,pt=T.unmount,ft=T.__;function pe(t,e){
T.__h&&T.__h(C,t,ue||e),ue=0;var n=C.__H||(C.__H={__:[],__h:[]});return t>=n.__.length&&n.__.push({}),n.__[t]}function F(t){
return ue=1,Ne(vt,t)}function Ne(t,e,n){var i=pe(K++,2);if(i.t=t,!i.__c&&(i.__=[n?n(e):vt(void 0,e),function(o){var c=(i.
__N||i.__)[0],a=i.t(c,o);Fe(c,a)||(i.__N=[a,i.__[1]],i.__c.setState({}))}],i.__c=C,!C.__f)){C.__f=!0;var r=C.shouldComponentUpdate;
C.shouldComponentUpdate=function(o,c,a){var u=this.__H;if(!u)return!0;var f=!1,d=this.props!=o;if(u.__.some(function(g){
g.__N&&(f=!0,Fe(g.__[0],g.__N[0])||(d=!0))}),r){var _=r.call(this,o,c,a);return f?_||d:_}return!f||d}}return i.__}function I(t,e){
var n=pe(K++,3);!T.__s&&yt(n.__H,e)&&(n.__P=!0,n.__=t,n.u=e,C.__H.__h.push(n))}function H(t){return ue=5,Oe(function(){return{current:t}},[])}function Oe(t,e){var n=pe(K++,7);return yt(n.__H,e)&&(n.__=t(),n.__H=e),n.__}function gt(t){var e=C.context[t.__c],n=pe(K++,9);return n.c=t,e?(n.__==null&&(n.__=!0,e.sub(C)),e.props.value):t.__}function Qt(){var t;do{for(;t=Ie.shift();)try{Q(t)}catch(n){T.__e(n,{__:(t=t.__P)&&t.__v})}for(;t=ht.shift();){var e=t.__H;
if(t.__P&&e)try{e.__h.some(Q),e.__h.some(Ae),e.__h=[]}catch(n){e.__h=[],T.__e(n,t.__v)}}}while(Ie.length)}T.__b=function(t){
C=null,ct&&ct(t)},T.__=function(t,e){t&&e.__k&&e.__k.__m&&(t.__m=e.__k.__m),ft&&ft(t,e)},T.__r=function(t){lt&&lt(t),K=0;
var e=(C=t.__c).__H;e&&(Pe==C?C.__h=[]:(e.__h.some(Q),e.__h.some(Ae),K=0),e.__h=[],e.__.some(function(n){n.__N&&(n.__=n.
__N),n.u=n.__N=void 0})),Pe=C},T.diffed=function(t){dt&&dt(t);var e=t.__c;e&&e.__H&&(e.__H.__h.length&&mt(ht.push(e)),e.
__H.__.some(function(n){n.u&&(n.__H=n.u)})),Pe=C=null},T.__c=function(t,e){e.some(function(n){try{n.__h.some(Q),n.__h=n.
__h.filter(function(i){return!i.__||Ae(i)})}catch(i){n.__h=[function(){throw i}]}}),ut&&ut(t,e)},T.unmount=function(t){pt&&
pt(t);var e,n,i=t.__c;i&&i.__H&&(i.__H.__.some(function(r){try{if(r.__P&&r.__c){if(n===void 0){for(n=t.__;n&&(!n.__c||!n.
__c.__P);)n=n.__;n=n&&n.__c}r.__P=n,mt(Ie.push(r))}else Q(r)}catch(o){e=o}}),i.__H=void 0,e&&T.__e(e,i.__v))};var _t=typeof requestAnimationFrame==
"function";function Yt(t){var e,n=function(){clearTimeout(i),_t&&cancelAnimationFrame(e),setTimeout(t)},i=setTimeout(n,35);
_t&&(e=requestAnimationFrame(n))}function mt(t){t!=1&&at==T.requestAnimationFrame||((at=T.requestAnimationFrame)||Yt)(Qt)}
function Q(t){var e=C,n=t.__c;typeof n=="function"&&(t.__c=void 0,n()),C=e}function Ae(t){var e=C;t.__c=t.__(),C=e}function yt(t,e){
return!t||t.length!=e.length||e.some(function(n,i){return!Fe(n,t[i])})}function vt(t,e){return typeof e=="function"?e(t):
e}var De=new Set;function L(t,e="polite"){for(let n of De)n(e,t)}function en(){let[t,e]=F({polite:"",assertive:""});return I(
()=>{let n=(i,r)=>e(o=>({...o,[i]:r}));return De.add(n),()=>{De.delete(n)}},[]),s(x,{children:[s("div",{class:"for-reade\
rs",role:"status",children:t.polite}),s("div",{class:"for-readers",role:"alert",children:t.assertive})]})}var tn={alert:"M10 6.5v4.2m0 2.8h.01M8.6 3.4 2.5 14a1.6 1.6 0 0 0 1.4 2.4h12.2a1.6 1.6 0 0 0 1.4-2.4L11.4 3.4a1.6 1.6 0 \
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
h14"};function S({name:t,size:e=20}){return s("svg",{class:`icon icon-${t}`,width:e,height:e,viewBox:"0 0 20 20",fill:"n\
one",stroke:"currentColor","stroke-width":"1.6","stroke-linecap":"round","stroke-linejoin":"round","aria-hidden":"true",
children:s("path",{d:tn[t]})})}function k({kind:t="secondary",icon:e,busy:n=!1,wide:i=!1,children:r,onClick:o,...c}){return s("button",{type:"button",...c,
class:`button button-${t}${i?" wide":""}`,"aria-disabled":n||void 0,"aria-busy":n||void 0,onClick:a=>{n?a.preventDefault():
o?.(a)},children:[n?s(Y,{}):e&&s(S,{name:e,size:18}),s("span",{children:r})]})}function j({icon:t,label:e,...n}){return s(
"button",{type:"button",...n,class:"icon-button","aria-label":e,title:e,children:s(S,{name:t})})}function Y(){return s("\
span",{class:"spinner","aria-hidden":"true"})}function Le({title:t,onClose:e,children:n,actions:i}){let r=H(null);return I(()=>{let o=document.activeElement;return r.
current?.showModal(),()=>o instanceof HTMLElement?o.focus():void 0},[]),s("dialog",{ref:r,class:"dialog","aria-labelledb\
y":"dialog-title",onCancel:o=>{o.preventDefault(),e()},children:[s("h2",{id:"dialog-title",children:t}),n,s("div",{class:"\
actions",children:i})]})}var nn={type:"password"},on={type:"text"};function Me(t){let{id:e,label:n,optional:i,help:r,error:o,hint:c}=t,a=[r&&`${e}\
-help`,c&&!o&&`${e}-hint`,o&&`${e}-error`].filter(Boolean).join(" ");return s("div",{class:`field${o?" has-error":""}`,children:[
s("label",{for:e,children:[n,i&&s("span",{class:"optional",children:i})]}),r&&s("p",{class:"help",id:`${e}-help`,children:r}),
s(rn,{...t,described:a}),c&&!o&&s("p",{class:"hint",id:`${e}-hint`,children:[s(S,{name:"info",size:16}),s("span",{children:c})]}),
o&&s("p",{class:"error",id:`${e}-error`,children:[s(S,{name:"alert",size:16}),s("span",{children:o})]})]})}function rn({
id:t,value:e,onInput:n,optional:i,error:r,before:o,after:c,options:a,secret:u,multiline:f,input:d,described:_}){let[g,l]=F(
!1),p={id:t,value:e,required:!i,"aria-invalid":r?"true":void 0,"aria-describedby":_||void 0,onInput:h=>n(h.currentTarget.
value)};return a?s("div",{class:"control select",children:[s("select",{...p,children:a.map(h=>s("option",{value:h.value,
children:h.label},h.value))}),s(S,{name:"chevron",size:16})]}):f?s("textarea",{...p,class:"control",rows:5,spellcheck:!1,
autocomplete:"off"}):s("div",{class:"control",children:[o&&s("span",{class:"affix",children:o}),s("input",{...u&&!g?nn:on,
autocomplete:u?"new-password":"off",autocapitalize:"none",spellcheck:!1,...d,...p}),c&&s("span",{class:"affix",children:c}),
u&&s("button",{type:"button",class:"icon-button","aria-pressed":g,"aria-label":g?u.hide:u.show,title:g?u.hide:u.show,"ar\
ia-controls":t,onClick:()=>l(!g),children:s(S,{name:g?"eye-off":"eye"})})]})}var sn=new Set(["ar","he","fa","ur"]);function an(t,e,n={},i={}){let r=new Intl.PluralRules(t),o=a=>i[a]??n[a]??e[a]??a,
c=(a,u)=>cn(a,u,r);return{locale:t,direction:sn.has(t.split("-")[0]??"")?"rtl":"ltr",t:(a,u={})=>c(o(a),u).replace(/\{(\w+)\}/g,
(f,d)=>String(u[d]??"")),rich:(a,u)=>c(o(a),u).split(/\{(\w+)\}/).map((f,d)=>d%2?u[f]:f),date:a=>new Intl.DateTimeFormat(
t,{dateStyle:"long"}).format(a)}}function cn(t,e,n){return t.replace(/\{(\w+), plural,((?:\s*[=\w]+\s*\{[^{}]*(?:\{\w+\}[^{}]*)*\})+)\s*\}/g,
(i,r,o)=>{let c=Number(e[r]),a={};for(let[,f,d]of o.matchAll(/([=\w]+)\s*\{([^{}]*(?:\{\w+\}[^{}]*)*)\}/g))a[f??""]=d??"";
return(a[`=${c}`]??a[n.select(c)]??a.other??"").replaceAll("#",new Intl.NumberFormat(n.resolvedOptions().locale).format(
c))})}function ln(t,e){for(let n of t){let i=e.find(r=>r.toLowerCase()===n.toLowerCase())??e.find(r=>r===n.split("-")[0]?.
toLowerCase());if(i)return i}return"en"}function G({name:t,src:e,size:n=40}){let i=[...t.trim()][0]?.toLocaleUpperCase()??"·",r=[...t].reduce((o,c)=>(o*31+(c.codePointAt(
0)??0))%8,7);return s("span",{class:`logo logo-${n>=48?"large":"small"} tint-${r}`,"aria-hidden":"true",children:e?s("im\
g",{src:e,alt:"",width:n,height:n}):i})}var dn={info:"info",warning:"alert",danger:"alert",success:"check"};function Z({kind:t="info",title:e,children:n}){return s(
"div",{class:`notice notice-${t}`,children:[s(S,{name:dn[t]??"info"}),s("div",{children:[e&&s("p",{class:"notice-title",
children:e}),n]})]})}var un=it(void 0);function w(){let t=gt(un);if(!t)throw new Error("outside of the program");return t}function A(){let{flow:t}=w();
if(!t)throw new Error("no session yet");return t}var fe=class t{constructor(e,n){this.id=e;this.holder=n}id;holder;static async open(e,n){let{binding:i,session:r}=await de(
"/connect/api/sessions",{body:{token:e,...n&&{environment:n}}});return{client:new t(r.id,{binding:i}),session:r}}read(){
return this.call("")}form(e){return this.call(`/integrations/${encodeURIComponent(e)}`)}start(e,n,i){return this.call("/\
attempts",{body:{integration:e,fields:n,window:i}})}confirm(e){return this.call(`/attempts/${encodeURIComponent(e)}/conf\
irm`,{body:{}})}chooseAccount(e,n){return this.call(`/attempts/${encodeURIComponent(e)}/choose`,{body:{choice:n}})}connections(){
return this.call("/connections")}disconnect(e){return this.call(`/connections/${encodeURIComponent(e)}`,{method:"DELETE"})}async errand(e){
let{session:n}=await this.call("/errands",{body:{...e&&{mends:e}}});return{client:new t(n.id,this.holder),session:n}}async result(){
let{result_token:e}=await this.call("/result",{body:{}});return e}async approval(){let{link:e}=await this.call("/approva\
l",{body:{}});return e}cancel(e){return this.call(`/attempts/${encodeURIComponent(e)}`,{method:"DELETE"})}async*watch(e){
let n="",i=!0;for(let r=0;!e.aborted;)try{for await(let o of i?this.stream(e):this.poll(n,e))r=0,o.revision!==n&&(yield o),
n=o.revision}catch(o){if(e.aborted)return;if(o instanceof O&&o.status>=400&&o.status<500)throw o;r+=1,i=r<2,await pn(Math.
min(500*2**r,8e3),e)}}async*stream(e){for await(let{event:n,data:i}of Te(this.path("/watch"),{...this.headers(),signal:e})){
if(n==="problem")throw new O(410,i,i);yield JSON.parse(i)}}async*poll(e,n){yield await this.call(`/watch?known=${encodeURIComponent(
e)}`,{signal:n})}path(e){return`/connect/api/sessions/${encodeURIComponent(this.id)}${e}`}headers(){return{headers:"bind\
ing"in this.holder?{authorization:`Bearer ${this.holder.binding}`}:{"x-form-token":this.holder.form_token}}}call(e,n={}){
return de(this.path(e),{...n,...this.headers()})}};function pn(t,e){return new Promise(n=>{let i=setTimeout(n,t);e.addEventListener(
"abort",()=>{clearTimeout(i),n()})})}var fn="popup=yes,width=520,height=720",_n="/connect/window";function bt(){let t=window.open(_n,"_blank",fn);if(!t||t.closed)
return;let e,n=!1,i=()=>{e&&n&&t.postMessage({type:"visit",...e},location.origin)};return addEventListener("message",r=>{
r.origin!==location.origin||r.source!==t||r.data?.type!=="where"||(n=!0,i())}),{go:r=>{e=r,i()},focus:()=>t.focus(),close:()=>t.
close(),seemsClosed:()=>t.closed}}function Do(){let t=window.opener;return t?new Promise(e=>{addEventListener("message",
n=>{if(n.origin!==location.origin||n.source!==t||n.data?.type!=="visit")return;let{session:i,binding:r,attempt:o,url:c}=n.
data;e({session:i,binding:r,attempt:o,url:c})}),t.postMessage({type:"where"},location.origin)}):Promise.resolve(void 0)}var wt="ADMIN_APPROVAL_PENDING",mn=3e3,kt=class t{constructor(e,n,i){this.client=e;this.place=n;this.state=i}client;place;state;listeners=new Set;watching;opened;told=!1;attempt;unwanted;telling;expiry;static async begin(e,n,i){
let r=new t(e,i,{session:n,screen:{at:"choose"},typed:{},leaving:!1});return addEventListener("pageshow",o=>o.persisted&&
void r.refresh()),addEventListener("pagehide",()=>r.stopWatching()),addEventListener("online",()=>r.isOffline()&&void r.
again()),r.expire(),await r.enter(),r.followHistory(),r.watch(),r}subscribe(e){return this.listeners.add(e),()=>this.listeners.
delete(e)}set(e){this.state={...this.state,...e};for(let n of this.listeners)n()}show(e){this.set({screen:e,leaving:!1}),
this.place.host?.tell({type:"step",step:xt[e.at],integration:"form"in e?e.form?.key:void 0})}get canGoBack(){let{session:e,
screen:n}=this.state;return n.at!=="choose"&&n.at!=="done"&&e.integrations.length>1&&n.at!=="verify"}get hasTyped(){return this.
state.screen.at==="form"&&Object.values(this.state.typed).some(Boolean)}async choose(e){this.state.session.integrations.
length>1&&!this.place.host&&history.pushState({step:e.key},""),this.set({typed:{},fieldError:void 0}),await this.attempting(
async()=>{let n=await this.client.form(e.key);this.show({at:n.fields.length?"form":"explain",form:n})})}type(e,n){let i=this.
state.fieldError?.field===e?void 0:this.state.fieldError;this.set({typed:{...this.state.typed,[e]:n},fieldError:i})}async start(e,n={},i=!1){
let r=e.away&&this.place.windows&&!i;if(this.opened?.close(),this.opened=r?bt():void 0,r&&!this.opened){this.show({at:"b\
locked",form:e});return}this.show({at:e.away?"opening":"verify",form:e}),await this.attempting(async()=>{this.unwanted&&
await this.client.cancel(this.unwanted).catch(()=>{}),this.unwanted=void 0;let o=await this.client.start(e.key,n,r);if(o.
next!=="provider")return this.set({session:o.session}),o.next==="connected"?this.connected(o.session):this.asked(e.key);
if(this.attempt=o.attempt,!this.opened||!("binding"in this.client.holder)){location.assign(o.url);return}let{binding:c}=this.
client.holder;this.opened.go({session:this.client.id,binding:c,attempt:o.attempt,url:o.url}),this.show({at:"waiting",form:e,
seemsClosed:!1}),this.mindClosing()},e)}continueInTab(){if(!("binding"in this.client.holder))return;let e=new URLSearchParams(
{f:this.client.id,b:this.client.holder.binding});window.open(`/connect#${e}`,"_top")}focusWindow(){this.opened?.focus()}async cancel(){
this.opened?.close();let{screen:e}=this.state,n="form"in e?e.form:void 0;this.attempt&&await this.client.cancel(this.attempt).
catch(()=>{}),this.attempt=void 0,n?this.show({at:n.fields.length?"form":"explain",form:n}):await this.enter()}async useOther(e){
let{attempt:n}=this.state.session;n&&(this.show({at:"other_account",form:e,busy:!0}),await this.attempting(async()=>this.
connected(await this.client.confirm(n.id)),e))}async chooseAccount(e,n){let{attempt:i}=this.state.session;i&&(this.show(
{at:"which_account",form:e,chosen:n}),await this.attempting(async()=>{let r=await this.client.chooseAccount(i.id,n);this.
set({session:r}),r.connection?this.connected(r):await this.asked(e.key)},e))}async switchAccount(e){this.unwanted=this.state.
session.attempt?.id,this.attempt=void 0,e.fields.length?this.show({at:"form",form:e}):await this.start(e)}async makeLink(e){
await this.attempting(async()=>{let n=await this.client.approval();this.set({session:await this.client.read()}),this.expire(),
this.show({at:"pending",form:e,link:n})},e)}async back(){(this.state.screen.at==="waiting"||this.state.screen.at==="open\
ing")&&await this.cancel(),this.show({at:"choose"})}async again(){let{screen:e,session:n}=this.state,i=e.at==="failed"||
e.at==="pending"?e.form:void 0;n.attempt?.state==="held"?await this.asked(n.attempt.integration):i?this.show({at:i.fields.
length?"form":"explain",form:i}):await this.enter(n.attempt?.integration)}async chooseAnother(){this.show({at:"choose"})}startOver(){
this.place.host?.tell({type:"token"})}async renew(e){await this.attempting(async()=>{let{client:n,session:i}=await fe.open(
e,this.place.environment);this.client=n;let{screen:r}=this.state;this.set({session:i}),this.expire(),this.watch(),r.at===
"failed"&&!r.form?await this.enter():r.at==="failed"&&r.form&&this.show({at:r.form.fields.length?"form":"explain",form:r.
form})})}leave(){this.hasTyped&&!this.state.leaving?this.set({leaving:!0}):this.close()}stay(){this.set({leaving:!1})}close(){
let{screen:e,session:n}=this.state;if(this.telling){this.telling.then(()=>this.place.host?.tell({type:"close"}));return}
if(this.stopWatching(),clearTimeout(this.expiry),this.attempt&&!n.connection&&(this.opened?.close(),this.client.cancel(this.
attempt).catch(()=>{})),e.at==="pending")this.tell({status:"pending"});else if(e.at==="failed"&&e.failure.reason!=="USER\
_DECLINED"){let{reason:i,owner:r,reference:o}=e.failure;this.tell({status:"failed",reason:i,owner:r,reference:o})}else{let i=e.
at==="failed"?"USER_DECLINED":void 0;this.tell({status:"dismissed",at:xt[e.at],reason:i})}this.place.host?.tell({type:"c\
lose"})}async enter(e){let{session:n}=this.state;if(n.connection)return this.connected(n);let i=e??this.place.host?.wishes.
integration,r=n.integrations.length===1?n.integrations[0]:n.integrations.find(u=>u.key===i);if(n.attempt?.state==="held"&&
!e)return this.asked(n.attempt.integration);let o=n.failure&&n.attempt&&!e,c=n.failure?.reason===wt;if(o&&n.failure&&!(c&&
n.approving)){let u=await this.client.form(n.attempt?.integration??"").catch(()=>{});return this.failed(n.failure,u)}if(!r)
return this.show({at:"choose"});let a=await this.client.form(r.key);this.show({at:a.fields.length?"form":"explain",form:a})}async asked(e){
this.opened?.close();let{attempt:n}=this.state.session;this.attempt=n?.id;let i=await this.client.form(e);this.show(n?.choices?
{at:"which_account",form:i}:{at:"other_account",form:i,busy:!1})}async watch(){this.stopWatching();let e=new AbortController;
this.watching=e;try{for await(let n of this.client.watch(e.signal))if(this.heard(n),n.connection)return}catch(n){let{screen:i}=this.
state;e.signal.aborted||this.failed(St(n),"form"in i?i.form:void 0)}}heard(e){this.set({session:e});let{screen:n}=this.state,
{attempt:i,failure:r}=e;if(e.connection)this.connected(e);else{if(n.at!=="waiting"||!i||i.id!==this.attempt)return;i.state===
"failed"&&r?this.failed(r,n.form):i.state==="held"&&this.attempting(()=>this.asked(i.integration),n.form)}}stopWatching(){
this.watching?.abort(),this.watching=void 0}mindClosing(){let e=this.opened,n=0,i=setInterval(()=>{let{screen:r}=this.state;
if(r.at!=="waiting"||this.opened!==e)return clearInterval(i);n=e?.seemsClosed()?n||Date.now():0;let o=n>0&&Date.now()-n>=
mn;o!==r.seemsClosed&&this.set({screen:{...r,seemsClosed:o}})},500)}connected(e){this.state.screen.at!=="done"&&(this.opened?.
close(),this.attempt=void 0,clearTimeout(this.expiry),this.set({session:e,typed:{}}),this.show({at:"done",review:!!e.connection?.
scopes_left_out?.length}),this.place.host&&(this.telling=this.tellConnected(e)))}async tellConnected({connection:e,attempt:n,
integrations:i}){if(!e)return;let r=n?.integration??i[0]?.key??"",o=await this.result();this.tell({status:"connected",connection:{
id:e.id,integration:r,account:e.account},result_token:o})}result(){return this.client.result().catch(()=>{})}failed(e,n){
this.opened?.close(),this.attempt=void 0,e.reason===wt?this.show({at:"pending",form:n}):this.show({at:"failed",failure:e,
form:n})}async attempting(e,n){try{await e()}catch(i){this.opened?.close();let r=i instanceof O&&i.reason==="FIELD_INVAL\
ID"?i.document.field:void 0;if(n&&typeof r=="string"&&n.fields.some(a=>a.name===r)){this.show({at:"form",form:n}),this.set(
{fieldError:{field:r,message:i.message}});return}let o=await this.client.read().catch(()=>{});if(o&&this.set({session:o}),
o?.attempt?.state==="held"&&["verify","which_account"].includes(this.state.screen.at)&&!(i instanceof O&&i.reason.startsWith(
"PROVIDER_")))return this.asked(o.attempt?.integration??"");this.failed(St(i,o),n)}}async refresh(){await this.attempting(
async()=>{this.set({session:await this.client.read()}),await this.enter(),this.watch()})}isOffline(){return this.state.screen.
at==="failed"&&this.state.screen.failure.reason==="NETWORK"}expire(){clearTimeout(this.expiry);let e=this.state.session.
expires_at-Date.now();this.expiry=setTimeout(()=>{let{screen:n}=this.state;n.at==="done"||n.at==="waiting"||this.failed(
{reason:"SESSION_EXPIRED",owner:"END_USER",phase:"",reference:""},"form"in n?n.form:void 0)},Math.min(Math.max(e,0),2**31-
1))}tell(e){this.told||(this.told=!0,this.place.host?.tell({type:"outcome",outcome:{session:this.client.id,...e}}))}followHistory(){
addEventListener("popstate",()=>{this.canGoBack&&this.back()})}},xt={choose:"choose",explain:"explain",form:"form",verify:"\
verify",opening:"authorize",blocked:"authorize",waiting:"authorize",other_account:"account",which_account:"account",pending:"\
pending",failed:"failed",done:"done"};function St(t,e){if(!(t instanceof O))throw t;let n=e?.failure;return n&&n.reason===
t.reason?n:{reason:t.reason,owner:t.document.owner??"OPERATOR",phase:"",reference:e?.attempt?.id??e?.id??""}}function P({title:t,name:e,mark:n,children:i,actions:r,center:o}){let{boot:c,texts:a,flow:u,leave:f=u?.place.host&&(()=>u.
leave())}=w(),d=H(null);return I(()=>{document.title=e,u?.place.host?.tell({type:"title",title:e}),d.current?.focus({preventScroll:!0}),
scrollTo(0,0)},[e]),s("main",{class:`card${o?" centered":""}`,children:[s("header",{class:"bar",children:[u?.canGoBack?s(
j,{icon:"back",label:a.t("back"),onClick:()=>u.place.host?void u.back():history.state?.step?history.back():void u.back()}):
s(hn,{}),s("span",{class:"bar-space"}),c.support_url&&s("a",{class:"bar-help",href:c.support_url,target:"_blank",rel:"no\
opener noreferrer",children:a.t("help")}),f&&s(j,{icon:"close",label:a.t("close"),onClick:f})]}),s("div",{class:"content",
children:[n,s("h1",{ref:d,tabIndex:-1,children:t}),i]}),r&&s("footer",{class:"foot",children:r})]})}function hn(){let{boot:t}=w();
return t.logo_light||t.logo_dark?s("span",{class:"brand",children:[s("img",{class:"brand-light",src:t.logo_light??t.logo_dark,
alt:t.app_name??"",height:28}),s("img",{class:"brand-dark",src:t.logo_dark??t.logo_light,alt:"",height:28})]}):t.app_name?
s("span",{class:"brand",children:t.app_name}):s("span",{})}function D({provider:t,state:e}){let{boot:n}=w();return s("di\
v",{class:`pair${e?` pair-${e}`:""}`,"aria-hidden":"true",children:[n.app_name&&s(G,{name:n.app_name,src:n.logo_light,size:56}),
n.app_name&&s("span",{class:"pair-line",children:e==="done"?s(S,{name:"check",size:16}):s(S,{name:"arrow",size:16})}),s(
G,{name:t,size:56})]})}function _e(){let{texts:t}=w();return s("p",{class:"safe",children:[s(S,{name:"lock",size:16}),s(
"span",{children:t.t("encrypted")})]})}var He=0,$e;function gn(){let t=new URL(`./rare.js${He?`?again=${He}`:""}`,import.meta.url).href;return $e??=import(t).catch(
e=>{throw He+=1,$e=void 0,e}),$e}function me({children:t}){let{texts:e}=w(),[n,i]=F(),[r,o]=F(!1),c=()=>{o(!1),gn().then(
i,()=>o(!0))};if(I(c,[]),n)return s(x,{children:t(n)});if(!r)return s("main",{class:"card","aria-busy":"true"});let a=e.
t("offline_title");return s(P,{center:!0,name:a,title:a,mark:s("span",{class:"emblem emblem-wrong",children:s(S,{name:"a\
lert",size:26})}),actions:s(k,{kind:"primary",wide:!0,onClick:c,children:e.t("try_again")}),children:s("p",{class:"lead",
children:e.t("offline_body")})})}var ee="return:",Et="managed:";function Qo(){let t=new URLSearchParams(location.hash.slice(1));history.replaceState(null,
"",location.pathname);let e=t.get("s"),[n,i]=[t.get("f"),t.get("b")],r=t.get("a"),o=e?{token:e}:n&&i?{session:n,binding:i}:
r?{approval:r}:void 0;if(!o)return!1;let c=t.get("r");c&&sessionStorage.setItem(ee,c);let a=document.querySelector("#ope\
n");a&&r&&(a.action="/connect/approve");let u=Object.entries(o).map(([f,d])=>{let _=document.createElement("input");return _.
type="hidden",_.name=f,_.value=d,_});return a?.replaceChildren(...u),a?.submit(),!0}function Yo(t,e){let n=sessionStorage.
getItem(ee);n&&(sessionStorage.setItem(ee+t,n),sessionStorage.removeItem(ee));let i=sessionStorage.getItem(ee+t),r=e.find(
c=>c===i)??(e.length===1?e[0]:void 0);if(!r)return;let o=new URL(r);return o.searchParams.set("latchkey_session",t),o.href}
function er(t,e){sessionStorage.setItem(Et+t,e)}function tr(t){let e=sessionStorage.getItem(Et+t);if(e)return yn(()=>location.
replace(`/connect/${encodeURIComponent(e)}`))}function yn(t,e=()=>{}){return{wishes:{token:""},tell:n=>n.type==="close"||
n.type==="token"?t():n.type==="outcome"?void 0:e(n),listen:()=>{}}}var he={title:"setup_title",body:"setup_body",way:"copy"},Ue={title:"provider_down_title",body:"provider_down_body",way:"\
again"},vn={title:"ours_title",body:"ours_body",way:"again"},bn={title:"session_expired_title",body:"session_expired_bod\
y",way:"over"},ge={title:"stale_title",body:"stale_body",way:"none"},wn={USER_DECLINED:{title:"declined_title",body:"dec\
lined_body",way:"again",neutral:!0},OTHER_ACCOUNT:{title:"blocked_account_title",body:"blocked_account_body",way:"again"},
CREDENTIALS_REJECTED:{title:"rejected_title",body:"rejected_body",way:"again"},REAUTH_REQUIRED:{title:"expired_grant_tit\
le",body:"expired_grant_body",way:"again"},REFUSAL_UNCONFIRMED:{title:"expired_grant_title",body:"expired_grant_body",way:"\
again"},CLIENT_REJECTED:he,REQUEST_REJECTED:he,INTEGRATION_INCOMPLETE:he,NOT_SUPPORTED:he,PROVIDER_UNAVAILABLE:Ue,PROVIDER_TIMEOUT:Ue,
PROVIDER_UNREACHABLE:Ue,PROVIDER_RATE_LIMITED:{title:"provider_busy_title",body:"provider_busy_body",way:"again"},PROVIDER_RESPONSE_INVALID:{
title:"provider_odd_title",body:"provider_odd_body",way:"again"},ISSUER_MISMATCH:{title:"mismatch_title",body:"mismatch_\
body",way:"again"},NETWORK:{title:"offline_title",body:"offline_body",way:"retry"},SESSION_UNKNOWN:{title:"no_session_ti\
tle",body:"no_session_body",way:"none"},SESSION_EXPIRED:bn,SESSION_CONSUMED:{title:"session_used_title",body:"session_us\
ed_body",way:"none"},SESSION_IN_OTHER_BROWSER:{title:"other_browser_title",body:"other_browser_body",way:"none"},AUTHORIZATION_EXPIRED:{
title:"expired_grant_title",body:"expired_grant_body",way:"again"},STATE_UNKNOWN:ge,STATE_USED:ge,PAGE_STALE:ge,NOT_OFFERED:ge,
NOT_ALLOWED_HERE:{title:"not_here_title",body:"not_here_body",way:"none"}};function Be(t){return wn[t]??vn}function Ct({failure:t,form:e}){let{texts:n,app:i,flow:r}=w(),o=Be(t.reason),c=r?.state.session.integrations.find(f=>f.key===
r.state.session.attempt?.integration),a={app:i,provider:e?.name??c?.name??"",reference:t.reference},u=n.t(o.title,a);return s(
P,{center:!0,name:u,title:u,mark:s("span",{class:`emblem ${o.neutral?"emblem-neutral":"emblem-wrong"}`,children:s(S,{name:o.
neutral?"info":"alert",size:26})}),actions:r&&s(kn,{failure:t}),children:s("p",{class:"lead",children:n.t(o.body,a)})})}
function kn({failure:t}){let{texts:e,flow:n}=w(),[i,r]=F(!1);if(!n)return null;let{way:o}=Be(t.reason),{host:c}=n.place,
u=n.state.session.integrations.length>1&&o!=="none"&&o!=="over"&&s(k,{kind:"quiet",wide:!0,onClick:()=>{n.chooseAnother()},
children:e.t("choose_other")});if(o==="again"||o==="retry")return s(x,{children:[s(k,{kind:"primary",wide:!0,onClick:()=>{
n.again()},children:e.t(t.reason==="USER_DECLINED"?"start_again":"try_again")}),u]});if(o==="copy"){let f=async()=>{await navigator.
clipboard.writeText(t.reference),r(!0),L(e.t("copied"))};return s(x,{children:[s(k,{wide:!0,kind:"primary",icon:i?"check":
"copy",onClick:()=>{f()},children:e.t(i?"copied":"copy_code")}),u,c&&s(k,{kind:"quiet",wide:!0,onClick:()=>n.close(),children:e.
t("close")})]})}return o==="over"&&c?s(k,{kind:"primary",wide:!0,onClick:()=>n.startOver(),children:e.t("start_over")}):
c?s(k,{kind:"primary",wide:!0,onClick:()=>n.close(),children:e.t("close")}):null}function Rt({review:t}){let{texts:e,app:n,
returnTo:i}=w(),r=A(),{session:o}=r.state,c=o.connection,a=o.attempt?.integration,u=(o.integrations.find(p=>p.key===a)??
o.integrations[0])?.name??"",f=c?.scopes_left_out??[],d=t?e.t("partial_title"):e.t("connected_title",{provider:u}),{host:_}=r.
place,g=async p=>{p.preventDefault();let h=new URL(i??"");h.searchParams.set("latchkey_status","connected");let y=await r.
result();y&&h.searchParams.set("latchkey_result",y),location.assign(h)},l=_?s(k,{kind:"primary",wide:!0,onClick:()=>r.close(),
children:e.t(t?"partial_accept":"done")}):i&&s("a",{class:"button button-primary wide",href:i,onClick:p=>{g(p)},children:e.
t("connected_return",{app:n})});return s(P,{center:!0,name:d,title:d,mark:t?s(D,{provider:u}):s(D,{provider:u,state:"don\
e"}),actions:l,children:[c?.account&&s("p",{class:"account",children:e.t("connected_as",{account:c.account})}),t?s(Z,{kind:"\
warning",children:[s("p",{children:e.t("partial_body",{provider:u,app:n})}),s("ul",{class:"left-out",children:f.map(p=>s(
"li",{children:s("code",{children:p})},p))})]}):s("p",{class:"lead",children:e.t(_||i?"connected_body":"connected_close",
{app:n})})]})}function We(t){return t.normalize("NFKD").replace(/\p{M}/gu,"").toLocaleLowerCase().replace(/[^\p{L}\p{N}]+/gu," ").trim()}
function Tt(t,e,n){let i=We(e).split(" ").filter(Boolean);return t.map(o=>({choice:o,rank:xn(n(o),i)})).filter(({rank:o})=>o>
0).sort((o,c)=>c.rank-o.rank).map(({choice:o})=>o)}function xn(t,e){let[n,i]=[We(t[0]),We(t[1])],r=e.join(" "),o=1;for(let c of e){
let a=` ${n}`.includes(` ${c}`)?3:n.includes(c)?2:` ${i}`.includes(` ${c}`)||i.replaceAll(" ","").includes(c)?1:0;if(!a)
return 0;o+=a}return o+(r&&n.startsWith(r)?10:0)}var Sn=6;function Pt({of:t,named:e,onPick:n,children:i}){let{texts:r}=w(),[o,c]=F(""),a=Oe(()=>Tt(t,o,e),[t,o]),u=H(null),
f=H(null);return I(()=>{o&&L(a.length?r.t("search_results",{count:a.length}):r.t("search_nothing",{query:o}))},[o,a.length]),
s("div",{onKeyDown:_=>{let g=_.key==="ArrowDown"?1:_.key==="ArrowUp"?-1:0;if(!g)return;let l=[u.current,...f.current?.querySelectorAll(
"button")??[]].filter(h=>h!==null),p=l.indexOf(document.activeElement);l[p+g]?.focus(),_.preventDefault()},children:[t.length>=
Sn&&s("div",{class:"control search",children:[s(S,{name:"search"}),s("input",{ref:u,type:"search",value:o,placeholder:r.
t("search"),"aria-label":r.t("search"),autocomplete:"off",spellcheck:!1,enterkeyhint:"search",onInput:_=>c(_.currentTarget.
value),onKeyDown:_=>_.key==="Enter"&&a[0]&&o&&n(a[0])}),o&&s(j,{icon:"close",label:r.t("search_clear"),onClick:()=>{c(""),
u.current?.focus()}})]}),s("ul",{class:"choices",ref:f,children:a.map(_=>s("li",{children:s("button",{type:"button",class:"\
choice",onClick:()=>n(_),children:i(_)})},t.indexOf(_)))}),!a.length&&s("p",{class:"nothing",children:r.t("search_nothin\
g",{query:o})})]})}function Ft(){let{texts:t,app:e}=w(),n=A(),{integrations:i}=n.state.session;return i.length?s(P,{name:t.t("choose_title"),
title:t.t("choose_title"),children:[s("p",{class:"lead",children:t.t("choose_lead",{app:e})}),s(Pt,{of:i,named:({name:r,
provider:o,key:c,categories:a})=>[r,[o,c,...a].join(" ")],onPick:r=>{n.choose(r)},children:r=>s(x,{children:[s(G,{name:r.
name}),s("span",{class:"choice-name",children:[r.name,r.provider!==r.name&&s("small",{children:r.provider})]}),s(S,{name:"\
chevron",size:18})]})})]}):s(P,{center:!0,name:t.t("empty_title"),title:t.t("empty_title"),children:s("p",{class:"lead",
children:t.t("empty_body",{app:e})})})}var Ve=6;function It({form:t}){let{texts:e,app:n}=w(),i=A(),r=t.name,{mends:o,approving:c,end_user:a}=i.state.session,u=e.
t(o?"reconnect_title":"explain_title",{provider:r}),f=t.away?e.t("continue_at",{provider:r}):e.t("form_submit");return s(
P,{center:!0,name:u,title:u,mark:s(D,{provider:r}),actions:s(x,{children:[s(k,{kind:"primary",wide:!0,onClick:()=>{i.start(
t)},children:f}),s(_e,{})]}),children:[c&&s(Z,{kind:"info",children:s("p",{children:e.t("approve_lead",{provider:r,app:n,
user:a})})}),o?s(qe,{form:t}):s("p",{class:"lead",children:e.t("explain_lead",{provider:r,app:n})}),t.scopes.length>0&&s(
"section",{class:"asks",children:[s("h2",{children:e.t("explain_scopes",{app:n})}),s("ul",{children:[t.scopes.slice(0,Ve).
map(d=>s("li",{children:[s(S,{name:"check",size:16}),s("code",{children:d})]},d)),t.scopes.length>Ve&&s("li",{class:"mor\
e",children:e.t("explain_more",{count:t.scopes.length-Ve})})]})]}),t.away&&s("ul",{class:"points",children:[s("li",{children:e.
t("explain_points_1",{app:n})}),s("li",{children:e.t("explain_points_2")})]})]})}function qe({form:t}){let{texts:e}=w(),
{mends:n}=A().state.session;if(!n)return null;let i=n.ended&&e.t("reconnect_ended",{provider:t.name,date:e.date(new Date(
n.ended[1]))}),r=n.account?e.t("reconnect_account",{account:n.account}):e.t("reconnect_lead");return s(Z,{kind:i?"warnin\
g":"info",title:i||void 0,children:s("p",{children:r})})}function J(t,e){if(t.pattern)try{return new RegExp(t.pattern,"u").test(e)}catch{return}}function ye(t,e){let n=t.multiline?
e:e.trim();return t.before&&n.startsWith(t.before)&&(n=n.slice(t.before.length).replace(/\/$/,"")),t.after&&n.endsWith(t.
after)&&(n=n.slice(0,-t.after.length)),n}function At(t,e,n,i){let r=ye(t,e);if(!r||t.options?.length)return;let o=t.label;
if(t.secret){let c=/^(bearer|basic|token|authorization:)\s/i.exec(r)?.[1];if(c)return{key:"hint_prefixed",values:{prefix:c}};
if(/^(["'`]).+\1$/.test(r))return{key:"hint_quoted",values:{}};if(/[•…*]{3,}|\.{3}/.test(r))return{key:"hint_masked",
values:{provider:i}};if(/^https?:\/\//i.test(r)&&J(t,r)!==!0)return{key:"hint_address",values:{label:o}};if(/^[^\s@]+@[^\s@]+\.[a-z]{2,}$/i.
test(r)&&J(t,r)!==!0)return{key:"hint_email",values:{label:o}}}if(J(t,r)===!1){let c=n.find(a=>a!==t&&a.pattern&&J(a,r));
return c?{key:"hint_other_field",values:{label:c.label}}:{key:"hint_shape",values:{label:o}}}if(r!==e.trim()&&(t.before||
t.after))return{key:"hint_kept",values:{value:`${t.before??""}${r}${t.after??""}`}}}function Ot({form:t}){let{texts:e}=w(),n=A(),{typed:i,fieldError:r,session:o}=n.state,[c,a]=F({}),u=H(null),f=t.name,d=p=>i[p.
name]??p.value??p.options?.[0]??"",_=t.fields.filter(({when:p})=>!p||t.fields.some(h=>h.name===p[0]&&d(h)===p[1])),g=p=>{
p.preventDefault();let h={};for(let m of _)m.required&&!ye(m,d(m))?h[m.name]=e.t("field_missing",{label:m.label}):!m.secret&&
d(m)&&J(m,ye(m,d(m)))===!1&&(h[m.name]=e.t("field_wrong",{label:m.label}));a(h);let y=_.find(m=>h[m.name]);if(y){L(e.t("\
form_problems",{count:Object.keys(h).length}),"assertive"),u.current?.querySelector(`#in-${CSS.escape(y.name)}`)?.focus();
return}n.start(t,Object.fromEntries(_.map(m=>[m.name,d(m)])))},l=e.t(o.mends?"reconnect_title":"form_title",{provider:f});
return s(P,{name:l,title:l,mark:s(D,{provider:f}),actions:s(x,{children:[s(k,{kind:"primary",wide:!0,type:"submit",form:"\
fields",children:t.away?e.t("continue_at",{provider:f}):e.t("form_submit")}),s(_e,{})]}),children:[o.mends?s(qe,{form:t}):
!t.away&&s("p",{class:"lead",children:e.t("form_lead",{provider:f})}),t.steps.length>0&&s("details",{class:"guide",open:!0,
children:[s("summary",{children:e.t("form_where")}),s("ol",{children:t.steps.map(p=>s("li",{children:s("span",{children:Nt(
p)})},p))})]}),s("form",{id:"fields",ref:u,noValidate:!0,onSubmit:g,children:_.map(p=>{let h=At(p,d(p),_,f),y=p.discouraged?.
includes(d(p))?e.t("field_discouraged",{provider:f}):void 0;return s(Me,{id:`in-${p.name}`,label:p.label,value:d(p),onInput:m=>{
n.type(p.name,m),a(({[p.name]:v,...R})=>R)},optional:p.required?void 0:e.t("optional"),help:p.help?Nt(p.help):void 0,error:c[p.
name]??(r?.field===p.name?r.message:void 0),hint:h?e.t(h.key,h.values):y,before:p.before,after:p.after,options:p.options?.
map(m=>({value:m,label:m})),secret:p.secret?{show:e.t("show_value"),hide:e.t("hide_value")}:void 0,multiline:p.multiline},
p.name)})})]})}function Nt(t){return t.split(/(https:\/\/[^\s),;]+[^\s),;.])/).map((e,n)=>n%2?s("a",{href:e,target:"_bla\
nk",rel:"noopener noreferrer",children:e.replace(/^https:\/\/(www\.)?/,"").replace(/\/$/,"")},e):e)}var En=5e3;function Dt({form:t}){let{texts:e}=w(),n=A(),[i,r]=F(!1),o=e.t("verify_title",{provider:t.name});return I(()=>{
let c=setTimeout(()=>{r(!0),L(e.t("verify_slow",{provider:t.name}))},En);return()=>clearTimeout(c)},[]),s(P,{center:!0,name:o,
title:o,mark:s(D,{provider:t.name,state:"busy"}),actions:i&&s(k,{wide:!0,onClick:()=>{n.cancel()},children:e.t("cancel")}),
children:[s("p",{class:"lead",children:e.t(i?"verify_slow":"verify_body",{provider:t.name})}),s(Y,{})]})}function Lt({form:t}){
let{texts:e}=w(),n=e.t("opening_title",{provider:t.name});return s(P,{center:!0,name:n,title:n,mark:s(D,{provider:t.name,
state:"busy"}),children:[s("p",{class:"lead",children:e.t("opening_body")}),s(Y,{})]})}function Mt({form:t,seemsClosed:e}){
let{texts:n}=w(),i=A(),r=t.name,o=n.t("waiting_title",{provider:r}),c=n.t(e?"waiting_closed":"waiting_body");I(()=>{e&&L(
c)},[e]);let a=()=>{i.start(t,i.state.typed)};return s(P,{center:!0,name:o,title:o,mark:s(D,{provider:r,state:"busy"}),actions:s(
x,{children:[e?s(k,{kind:"primary",wide:!0,icon:"window",onClick:a,children:n.t("waiting_reopen")}):s(k,{kind:"primary",
wide:!0,icon:"window",onClick:()=>i.focusWindow(),children:n.t("waiting_focus")}),s("div",{class:"ways",children:[!e&&s(
k,{kind:"quiet",onClick:a,children:n.t("waiting_reopen")}),s(k,{kind:"quiet",onClick:()=>i.continueInTab(),children:n.t(
"waiting_here")}),s(k,{kind:"quiet",onClick:()=>{i.cancel()},children:n.t("cancel")})]})]}),children:s("p",{class:"lead",
children:c})})}function Ht({form:t}){let{texts:e}=w(),n=A(),i=t.name,r=e.t("blocked_title",{provider:i});return s(P,{center:!0,
name:r,title:r,mark:s(D,{provider:i}),actions:s(x,{children:[s(k,{kind:"primary",wide:!0,icon:"window",onClick:()=>{n.start(
t,n.state.typed)},children:e.t("blocked_open",{provider:i})}),s(k,{wide:!0,onClick:()=>n.continueInTab(),children:e.t("w\
aiting_here")})]}),children:s("p",{class:"lead",children:e.t("blocked_body")})})}function Yr(){let{flow:t,texts:e}=w(),[,n]=Ne(o=>o+1,0);if(I(()=>t?.subscribe(()=>n(void 0)),[t]),!t)return null;let{screen:i,
leaving:r}=t.state;return s(x,{children:[s(Cn,{flow:t},i.at),r&&s(Le,{title:e.t("leave_title"),onClose:()=>t.stay(),actions:s(
x,{children:[s(k,{kind:"primary",onClick:()=>t.stay(),children:e.t("leave_stay")}),s(k,{onClick:()=>t.close(),children:e.
t("leave_go")})]}),children:s("p",{children:e.t("leave_body")})})]})}function Cn({flow:t}){let{screen:e}=t.state;switch(e.
at){case"choose":return s(Ft,{});case"explain":return s(It,{form:e.form});case"form":return s(Ot,{form:e.form});case"ver\
ify":return s(Dt,{form:e.form});case"opening":return s(Lt,{form:e.form});case"waiting":return s(Mt,{form:e.form,seemsClosed:e.
seemsClosed});case"other_account":return s(me,{children:({OtherAccount:n})=>s(n,{form:e.form,busy:e.busy})});case"which_\
account":return s(me,{children:({WhichAccount:n})=>s(n,{form:e.form,chosen:e.chosen})});case"blocked":return s(Ht,{form:e.
form});case"pending":return s(me,{children:({Pending:n})=>s(n,{form:e.form,link:e.link})});case"failed":return s(Ct,{failure:e.
failure,form:e.form});case"done":return s(Rt,{review:e.review})}}export{x as a,Rn as b,Gt as c,Zt as d,s as e,S as f,k as g,F as h,I as i,Le as j,O as k,de as l,an as m,ln as n,G as o,Z as p,
L as q,en as r,un as s,w as t,A as u,fe as v,Do as w,kt as x,P as y,me as z,Qo as A,Yo as B,er as C,tr as D,yn as E,Pt as F,
Be as G,Ct as H,Yr as I};
