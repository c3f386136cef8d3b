var S,ct,fn,q,Oe,we,lt,me,dt,Le,Ae,pt,ae=Symbol.for("pv"),ve={},be=[],_n=/^m(i|n|o|s|text|space)$/,De=Array.isArray,ut=be.
slice,J=Object.assign;function Z(t){t&&t.parentNode&&t.remove()}function he(t,e,n,r,i){var s={type:t,props:e,key:n,ref:r,__k:null,__:null,__b:0,__e:null,__c:null,constructor:ae,__v:i||
++ct,__i:-1,__u:0};return!i&&S.vnode&&S.vnode(s),s}function k(t){return t.children}function ge(t,e){this.props=t,this.context=e,this.__g=0}function K(t,e){if(e==null)return t.
__&&K(t.__,t.__i+1);for(var n;e<t.__k.length;e++)if((n=t.__k[e])&&n.__e)return n.__e;return typeof t.type!="function"||t.
props.__P?null:K(t)}function mn(t){var e,n=t.__v,r=n.__e,i=[],s=[],c=t.__P;c&&((e=J({constructor:ae},n)).__v=n.__v+1,S.vnode&&
S.vnode(e),Me(c,e,n,t.__n,c.namespaceURI,32&n.__u?[r]:null,i,r||K(n),32&n.__u,s),e.__v=n.__v,e.__.__k[e.__i]=e,yt(i,e,s),
n.__=n.__e=null,e.__e!=r&&ft(e))}function ft(t){if((t=t.__)&&t.__c&&!t.props.__P)return t.__e=null,t.__k.some(function(e){
return e&&(t.__e=e.__e)}),ft(t)}function Ne(t){(8&t.__g||(t.__g|=8,q.push(t),we++))&&Oe==S.debounceRendering||((Oe=S.debounceRendering)||
queueMicrotask)(_t)}function _t(){try{for(var t,e=1;q.length;)q.length>e&&q.sort(lt),t=q.shift(),e=q.length,8&t.__g&&mn(
t)}finally{(we=q.length)&&(Oe||queueMicrotask)(_t)}}function mt(t,e,n,r,i,s,c,a,l,f,p){var _,m,d,u,g,y,h=r.__k||be,v=e.length;
for(l=hn(n,e,h,l,v),_=0;_<v;_++)(d=n.__k[_])!=null&&(m=~d.__i&&h[d.__i]||ve,d.__i=_,y=Me(t,d,m,i,s,c,a,l,f,p),u=d.__e,(m.
ref!=d.ref||8&m.__u)&&(m.ref&&He(m.ref,null,d,m),d.ref&&p.push(d.ref,d.__c||u,d)),g=g||u,4&d.__u?(l=ht(d,l,t,!m.__v),m.__e&&
(m.__e=null)):typeof d.type=="function"&&y!==void 0?l=y:u&&(l=u.nextSibling),d.__u&=-21);return n.__e=g,l}function hn(t,e,n,r,i){
var s,c,a,l,f,p,_,m,d,u=n.length,g=u,y=0,h=0,v=t.__k=Array(i);for(s=0;s<i;s++)(c=e[s])!=null&&typeof c!="boolean"&&typeof c!=
"function"?(typeof c!="object"||c.constructor===String?c=v[s]=he(null,c):De(c)?c=v[s]=he(k,{children:c}):c.constructor===
ae&&c.__b?c=v[s]=he(c.type,c.props,c.key,c.ref,c.__v):v[s]=c,l=s+y,c.__=t,c.__b=t.__b+1,a=null,~(f=c.__i=gn(c,n,l,g))&&(g--,
(a=n[f])&&(a.__u|=2)),a&&a.__v?(c.__u|=16,f==l-1?y--:f==l+1?y++:f!=l&&(f>l?y--:y++,h=1)):(~f||(i>u?y--:i<u&&y++),typeof c.
type!="function"&&(c.__u|=4))):v[s]=null;if(h){for(p=[],_=[],s=0;s<i;s++)if((c=v[s])&&16&c.__u){for(y=0,m=p.length;y<m;)
p[d=y+m>>1]<c.__i?y=d+1:m=d;p[y]=c.__i,_[s]=y+1}for(y=p.length;s--;)_[s]&&(_[s]==y?y--:v[s].__u|=4)}if(g)for(s=0;s<u;s++)
!(a=n[s])||2&a.__u||(a.__e==r&&(r=K(a)),Be(a,a));return r}function ht(t,e,n,r){var i,s,c,a;if(typeof t.type=="function"){
if(t.props.__P)return e;if(i=t.__k)for(s=0;s<i.length;s++)i[s]&&(i[s].__=t,e=ht(i[s],e,n,!1));return e}for(e&&!e.parentNode&&
(e=K(t))&&!e.parentNode&&(e=null),c=t.__e,a=e;a&&a.nodeType==8;)a=a.nextSibling;for(c!=a&&(!r&&n.moveBefore&&c.parentNode?
n.moveBefore(c,e):n.insertBefore(c,e||null)),e=c;(e=e&&e.nextSibling)&&e.nodeType==8&&!e.data.startsWith("$s"););return e}function gn(t,e,n,r){var i,s=t.key,c=t.type,a=e[n],l=a&&!(2&a.__u);if(a===null&&s==null||l&&s==a.key&&c==a.type)return n;
if(r>(l?1:0)){for(i=n-1;i>=0;i--)if((a=e[i])&&!(2&a.__u)&&s==a.key&&c==a.type)return i;for(i=n+1;i<e.length;i++)if((a=e[i])&&
!(2&a.__u)&&s==a.key&&c==a.type)return i}return-1}function at(t,e,n){n==null&&(n=""),e[0]=="-"?t.setProperty(e,n):t[e]=n}
function _e(t,e,n,r,i){var s,c;if(e=="style")if(typeof n=="string")t.style.cssText=n;else{if(typeof r=="string"&&(t.style.
cssText=r=""),r)for(e in r)n&&e in n||at(t.style,e);if(n)for(e in n)r&&n[e]==r[e]||at(t.style,e,n[e])}else if(e[0]=="o"&&
e[1]=="n")typeof n!="function"&&(n=null),typeof r!="function"&&(r=null),(t.__e||(t.__e={}))[e]=n,n&&r||(c=Ae[e]||(Ae[e]=
yn(e)),(t.__a||(t.__a={}))[e]=Le,s=e!=(e=e.replace(dt,"$1")),(e=e.slice(2))[0]<"a"&&(e=e.toLowerCase()),n?t.addEventListener(
e,c,s):t.removeEventListener(e,c,s));else{if(i=="http://www.w3.org/2000/svg")e=e.replace(/xlink(H|:h)/,"h").replace(/sName$/,
"s");else if(e!="width"&&e!="height"&&e!="href"&&e!="list"&&e!="form"&&e!="tabIndex"&&e!="download"&&e!="rowSpan"&&e!="c\
olSpan"&&e!="role"&&e!="popover"&&e in t)try{return void(t[e]=n??"")}catch{}if(typeof n=="function")return;n==null||n===
!1&&e[4]!="-"?t.removeAttribute(e):t.setAttribute(e,e=="popover"&&n==1?"":n)}}function yn(t){return function(e){var n=this.
__e;if(n){if(n=n[t],e[me]==null)e[me]=Le++;else if(e[me]<this.__a[t])return;return n(S.event?S.event(e):e)}}}function Me(t,e,n,r,i,s,c,a,l,f){
var p,_,m,d,u,g,y,h,v,T,C,te,fe,Y,W,P,M,L,U=e.type;if(e.constructor!==ae)return null;128&n.__u&&(l=32&n.__u,p=n.__c.__z)&&
(e.__u|=l,_=s=[],p.nodeType==8?a=ye(p,s):s.push(p),a=s[0]||a),(p=S.__b)&&p(e);e:if(typeof U=="function"){m=c.length;try{
if(h=e.props,v=(p=U.prototype)&&p.render,T=(p=U.contextType)&&r[p.__c],C=p?T?T.props.value:p.__:r,(d=n.__c)?(e.__c=d,2&d.
__g&&(d.__g|=1)):(v?e.__c=d=new U(h,C):(e.__c=d=new ge(h,C),d.constructor=U,d.render=vn),T&&T.sub(d),d.state||(d.state={}),
d.__n=r,d.__g|=8,d.__h=[],d.__k=[]),v&&(d.__s||(d.__s=d.state),U.getDerivedStateFromProps&&(d.__s==d.state&&(d.__s=J({},
d.__s)),J(d.__s,U.getDerivedStateFromProps(h,d.__s)))),u=d.props,g=d.state,d.__v=e,n.__c){if(h!==u&&v&&!U.getDerivedStateFromProps&&
d.componentWillReceiveProps&&d.componentWillReceiveProps(h,C),e.__v==n.__v&&!(8&d.__g)||!(4&d.__g)&&d.shouldComponentUpdate&&
d.shouldComponentUpdate(h,d.__s,C)===!1){e.__v!=n.__v&&(d.props=h,d.state=d.__s,d.__g&=-9),e.__e=n.__e,e.__k=n.__k,e.__k.
some(function(H){H&&(H.__=e)}),be.push.apply(d.__h,d.__k),d.__k=[],d.__h.length&&c.push(d),a=K(n);break e}d.componentWillUpdate&&
d.componentWillUpdate(h,d.__s,C),v&&d.componentDidUpdate&&d.__h.push(function(){d.componentDidUpdate(u,g,y)})}else v&&!U.
getDerivedStateFromProps&&d.componentWillMount&&d.componentWillMount(),v&&d.componentDidMount&&d.__h.push(d.componentDidMount);
d.context=C,d.props=h,d.__P=t,d.__g&=-5,te=S.__r,fe=v?25:0;do d.__g&=-9,te&&te(e),p=d.render(d.props,d.state=d.__s,d.context);while(8&
d.__g&&++fe<25);v&&(be.push.apply(d.__h,d.__k),d.__k=[]),d.state=d.__s,d.getChildContext&&(r=J({},r,d.getChildContext())),
v&&n.__c&&d.getSnapshotBeforeUpdate&&(y=d.getSnapshotBeforeUpdate(u,g)),Y=p&&p.type===k&&p.key==null?p.props.children:p,
h.__P&&(p=a,i=(t=h.__P).namespaceURI,l=s=null,n.props&&n.props.__P!=t&&(n.__k.some(function(H){H&&Be(H,H)}),n.__k=null),
a=n.__k?K(n,0):null),a=mt(t,De(Y)?Y:[Y],e,n,r,i,s,c,a,l,f),h.__P&&(e.__e=null,a=p),e.__u&=-161,_&&_.some(Z),d.__h.length&&
c.push(d),1&d.__g&&(d.__g&=-4)}catch(H){if(c.length=m,e.__v=null,l||s)if(H&&H.then){if(e.__u|=128|l,s){for(~(M=s.indexOf(
a||void 0))||(M=s.length);(L=s[M-1])&&L.nodeType==8;)M--;for(;M<s.length;M++)if(L=s[M])if(s[M]=null,W){if(L==P)break}else{
if(L.nodeType!=8)break;L.data.startsWith("$s")&&(P=ye(W=L))}}if(!W){for(;a&&a.nodeType==8&&a.nextSibling;)a=a.nextSibling;
W=a}(p=ye(W=e.__c.__z||(e.__c.__z=W)))?(e.__e=W,a=p):e.__e=a,a=a&&a.nextSibling}else s&&s.some(Z);else e.__e=n.__e;e.__k||
(e.__k=n.__k||[]),H&&H.then||gt(e),S.__e(H,e,n)}}else a=e.__e=wn(n.__e,e,n,r,i,s,c,l,f,t);return(p=S.diffed)&&p(e),a}function ye(t,e){
if(t&&t.nodeType==8&&t.data.startsWith("$s"))for(var n=1;t=t.nextSibling;){if(t.nodeType==8){if(t.data.startsWith("$s"))
n++;else if(t.data.startsWith("/$s")&&!--n)return t}e&&e.push(t)}}function gt(t){t&&(t.__c&&(t.__c.__g|=4),t.__k&&t.__k.
some(gt))}function yt(t,e,n){for(var r=0;r<n.length;)He(n[r++],n[r++],n[r++]);S.__c&&S.__c(e,t),t.some(function(i){try{t=
i.__h,i.__h=[],t.some(function(s){s.call(i)})}catch(s){S.__e(s,i.__v)}})}function wn(t,e,n,r,i,s,c,a,l,f){var p,_,m,d,u,
g,y,h,v=n.props||ve,T=e.props,C=e.type;if(C=="svg"?i="http://www.w3.org/2000/svg":C=="math"?i="http://www.w3.org/1998/Ma\
th/MathML":i||(i="http://www.w3.org/1999/xhtml"),s){for(p=0;p<s.length;p++)if((u=s[p])&&(C?u.localName==C:u.nodeType==3)){
t=u,s[p]=null;break}}if(!t){if(h=f.ownerDocument||document,!C)return h.createTextNode(T);t=h.createElementNS(i,C,T.is?T:
f),a&&(S.__m&&S.__m(e,s),a=!1),s=null}if(C){if(f=C=="template"&&t.content||t,s=C=="textarea"&&T.defaultValue!=null?null:
s&&ut.call(f.childNodes),!a&&s)for(v={},p=0;p<t.attributes.length;p++)v[(u=t.attributes[p]).name]=u.value;for(p in v)u=v[p],
p=="dangerouslySetInnerHTML"?m=u:p=="children"||p in T||p=="value"&&"defaultValue"in T||p=="checked"&&"defaultChecked"in
T||_e(t,p,null,u,i);for(p in T)u=T[p],p=="children"?d=u:p=="dangerouslySetInnerHTML"?_=u:p=="value"?g=u:p=="checked"?y=u:
a&&typeof u!="function"||v[p]===u||_e(t,p,u,v[p],i);_?(a||m&&(_.__html==m.__html||_.__html==t.innerHTML)||(t.innerHTML=_.
__html),e.__k=[]):(m&&(t.textContent=""),(C=="foreignObject"||i=="http://www.w3.org/1998/Math/MathML"&&_n.test(C))&&(i="\
http://www.w3.org/1999/xhtml"),mt(f,De(d)?d:[d],e,n,r,i,s,c,s?s[0]:n.__k&&K(n,0),a,l),s&&s.some(Z)),a&&C!="textarea"||(p=
"value",C=="progress"&&g==null?t.removeAttribute(p):g==null||g===t[p]&&(C!="progress"||g)||_e(t,p,g,v[p],i),p="checked",
y!=null&&y!=t[p]&&_e(t,p,y,v[p],i))}else v===T||a&&t.data==T||(t.data=T);return t}function He(t,e,n,r){try{typeof t=="fu\
nction"?e?e.__x=t(e)||1:r&&(r=r.__c||r.__e)&&(e=r.__x)&&(r.__x=null,typeof e=="function"?e():t(null)):t.current=e}catch(i){
S.__e(i,n)}}function Be(t,e,n){var r,i,s,c;if(S.unmount&&S.unmount(t),!(r=t.ref)||r.current&&r.current!=t.__e||He(r,null,
e,t),r=t.__c){if(r.componentWillUnmount)try{r.componentWillUnmount()}catch(a){S.__e(a,e)}r.__P=r.__n=null}if(r=t.__k)for(c=
0;c<r.length;c++)r[c]&&Be(r[c],e,typeof t.type!="function"||n&&!t.props.__P);!n&&(r=t.__c)&&(r=r.__z)&&(i=ye(r,s=[]))&&(r==
t.__e&&s.some(Z),Z(i),Z(r)),n||Z(t.__e),t.__e=t.__c=t.__=null}function vn(t,e,n){return this.constructor(t,n)}function wt(t,e){
var n,r,i,s;S.__&&S.__(t,e),e.nodeType==9&&(e=e.documentElement),r=(n=t&&32&t.__u)?null:e.__k,e.__k=he(k,{children:[t]}),
i=[],s=[],Me(e,e.__k,r||ve,ve,e.namespaceURI,r?null:e.firstChild?ut.call(e.childNodes):null,i,r?r.__e:e.firstChild,n,s),
yt(i,e.__k,s),e.__k.props.children=null}function vt(t){function e(n){var r,i;return this.getChildContext||(r=new Set,(i={})[e.__c]=this,this.getChildContext=function(){
return i},this.shouldComponentUpdate=function(s){this.props.value!=s.value&&r.forEach(function(c){c.__g|=4,Ne(c)})},this.
sub=function(s){r.add(s);var c=s.componentWillUnmount;s.componentWillUnmount=function(){r.delete(s),c&&c.call(s)}}),n.children}
return e.__c="__cC"+pt++,e.__=t,e.Provider=(e.Consumer=function(n,r){return n.children(r)}).contextType=e,e}S={__e:function(t,e,n,r){for(var i,s,c;e=e.__;)if((i=e.__c)&&!(1&i.__g)){i.__g|=4;try{if((c=(s=i.constructor)&&s.getDerivedStateFromError)&&
i.setState(s.getDerivedStateFromError(t)),i.componentDidCatch&&(i.componentDidCatch(t,r||{}),c=1),c&&8&i.__g)return void(i.
__g|=2)}catch(a){t=a}}throw we=0,t}},ct=0,fn=function(t){return t!=null&&t.constructor===ae},ge.prototype.setState=function(t,e){
var n=this.__s;n&&n!=this.state||(n=this.__s=J({},this.state)),typeof t=="function"&&(t=t(J({},n),this.props)),t&&(J(n,t),
this.__v&&(e&&this.__k.push(e),Ne(this)))},ge.prototype.forceUpdate=function(t){this.__v&&(this.__g|=4,t&&this.__h.push(
t),Ne(this))},ge.prototype.render=k,q=[],we=0,lt=function(t,e){return t.__v.__b-e.__v.__b},me=Symbol(),dt=/(PointerCapture)$|Capture$/i,
Le=0,Ae={},pt=0;var bn="appearance";function ke(t){dispatchEvent(new CustomEvent(bn,{detail:t}))}function Ue(){let t=document.getElementById("boot");return t?.textContent?JSON.parse(t.textContent):{}}var kn=Symbol.for("pv"),xn=0;function o(t,e,n,r,i,s){e||(e={});var c,a,l=e;if("ref"in l&&typeof t!="function")for(a in l={},e)a=="ref"?c=e[a]:l[a]=e[a];
var f={type:t,props:l,key:n,ref:c,__k:null,__:null,__b:0,__e:null,__c:null,constructor:kn,__v:--xn,__i:-1,__u:0};return(i||
s)&&(f.__source=i,f.__self=s),S.vnode&&S.vnode(f),f}var Sn={alert:"M10 6.5v4.2m0 2.8h.01M8.6 3.4 2.5 14a1.6 1.6 0 0 0 1.4 2.4h12.2a1.6 1.6 0 0 0 1.4-2.4L11.4 3.4a1.6 1.6 0 \
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
h14"};function x({name:t,size:e=20}){return o("svg",{class:`icon icon-${t}`,width:e,height:e,viewBox:"0 0 20 20",fill:"n\
one",stroke:"currentColor","stroke-width":"1.6","stroke-linecap":"round","stroke-linejoin":"round","aria-hidden":"true",
children:o("path",{d:Sn[t]})})}function w({kind:t="secondary",icon:e,busy:n=!1,wide:r=!1,children:i,onClick:s,...c}){return o("button",{type:"button",...c,
class:`button button-${t}${r?" wide":""}`,"aria-disabled":n||void 0,"aria-busy":n||void 0,onClick:a=>{n?a.preventDefault():
s?.(a)},children:[n?o(ce,{}):e&&o(x,{name:e,size:18}),o("span",{children:i})]})}function ne({icon:t,label:e,...n}){return o(
"button",{type:"button",...n,class:"icon-button","aria-label":e,title:e,children:o(x,{name:t})})}function ce(){return o(
"span",{class:"spinner","aria-hidden":"true"})}var oe,R,$e,bt,We=Object.is,xe=0,Ft=[],Ve=[],F=S,kt=F.__b,xt=F.__r,St=F.diffed,Ct=F.__c,Et=F.unmount,Tt=F.__;function Se(t,e){
F.__h&&F.__h(R,t,xe||e),xe=0;var n=R.__H||(R.__H={__:[],__h:[]});return t>=n.__.length&&n.__.push({}),n.__[t]}function I(t){
return xe=1,qe(At,t)}function qe(t,e,n){var r=Se(oe++,2);if(r.t=t,!r.__c&&(r.__=[n?n(e):At(void 0,e),function(s){var c=(r.
__N||r.__)[0],a=r.t(c,s);We(c,a)||(r.__N=[a,r.__[1]],r.__c.setState({}))}],r.__c=R,!R.__f)){R.__f=!0;var i=R.shouldComponentUpdate;
R.shouldComponentUpdate=function(s,c,a){var l=this.__H;if(!l)return!0;var f=!1,p=this.props!=s;if(l.__.some(function(m){
m.__N&&(f=!0,We(m.__[0],m.__N[0])||(p=!0))}),i){var _=i.call(this,s,c,a);return f?_||p:_}return!f||p}}return r.__}function D(t,e){
var n=Se(oe++,3);!F.__s&&Ot(n.__H,e)&&(n.__P=!0,n.__=t,n.u=e,R.__H.__h.push(n))}function z(t){return xe=5,Ke(function(){return{current:t}},[])}function Ke(t,e){var n=Se(oe++,7);return Ot(n.__H,e)&&(n.__=t(),n.__H=e),n.__}function It(t){var e=R.context[t.__c],n=Se(oe++,9);return n.c=t,e?(n.__==null&&(n.__=!0,e.sub(R)),e.props.value):t.__}function Cn(){var t;do{for(;t=Ve.shift();)try{le(t)}catch(n){F.__e(n,{__:(t=t.__P)&&t.__v})}for(;t=Ft.shift();){var e=t.
__H;if(t.__P&&e)try{e.__h.some(le),e.__h.some(ze),e.__h=[]}catch(n){e.__h=[],F.__e(n,t.__v)}}}while(Ve.length)}F.__b=function(t){
R=null,kt&&kt(t)},F.__=function(t,e){t&&e.__k&&e.__k.__m&&(t.__m=e.__k.__m),Tt&&Tt(t,e)},F.__r=function(t){xt&&xt(t),oe=
0;var e=(R=t.__c).__H;e&&($e==R?R.__h=[]:(e.__h.some(le),e.__h.some(ze),oe=0),e.__h=[],e.__.some(function(n){n.__N&&(n.__=
n.__N),n.u=n.__N=void 0})),$e=R},F.diffed=function(t){St&&St(t);var e=t.__c;e&&e.__H&&(e.__H.__h.length&&Pt(Ft.push(e)),
e.__H.__.some(function(n){n.u&&(n.__H=n.u)})),$e=R=null},F.__c=function(t,e){e.some(function(n){try{n.__h.some(le),n.__h=
n.__h.filter(function(r){return!r.__||ze(r)})}catch(r){n.__h=[function(){throw r}]}}),Ct&&Ct(t,e)},F.unmount=function(t){
Et&&Et(t);var e,n,r=t.__c;r&&r.__H&&(r.__H.__.some(function(i){try{if(i.__P&&i.__c){if(n===void 0){for(n=t.__;n&&(!n.__c||
!n.__c.__P);)n=n.__;n=n&&n.__c}i.__P=n,Pt(Ve.push(i))}else le(i)}catch(s){e=s}}),r.__H=void 0,e&&F.__e(e,r.__v))};var Rt=typeof requestAnimationFrame==
"function";function En(t){var e,n=function(){clearTimeout(r),Rt&&cancelAnimationFrame(e),setTimeout(t)},r=setTimeout(n,35);
Rt&&(e=requestAnimationFrame(n))}function Pt(t){t!=1&&bt==F.requestAnimationFrame||((bt=F.requestAnimationFrame)||En)(Cn)}
function le(t){var e=R,n=t.__c;typeof n=="function"&&(t.__c=void 0,n()),R=e}function ze(t){var e=R;t.__c=t.__(),R=e}function Ot(t,e){
return!t||t.length!=e.length||e.some(function(n,r){return!We(n,t[r])})}function At(t,e){return typeof e=="function"?e(t):
e}function de({title:t,onClose:e,children:n,actions:r}){let i=z(null);return D(()=>{let s=document.activeElement;return i.
current?.showModal(),()=>s instanceof HTMLElement?s.focus():void 0},[]),o("dialog",{ref:i,class:"dialog","aria-labelledb\
y":"dialog-title",onCancel:s=>{s.preventDefault(),e()},children:[o("h2",{id:"dialog-title",children:t}),n,o("div",{class:"\
actions",children:r})]})}var Tn={type:"password"},Rn={type:"text"};function je(t){let{id:e,label:n,optional:r,help:i,error:s,hint:c}=t,a=[i&&`${e}\
-help`,c&&!s&&`${e}-hint`,s&&`${e}-error`].filter(Boolean).join(" ");return o("div",{class:`field${s?" has-error":""}`,children:[
o("label",{for:e,children:[n,r&&o("span",{class:"optional",children:r})]}),i&&o("p",{class:"help",id:`${e}-help`,children:i}),
o(Pn,{...t,described:a}),c&&!s&&o("p",{class:"hint",id:`${e}-hint`,children:[o(x,{name:"info",size:16}),o("span",{children:c})]}),
s&&o("p",{class:"error",id:`${e}-error`,children:[o(x,{name:"alert",size:16}),o("span",{children:s})]})]})}function Pn({
id:t,value:e,onInput:n,optional:r,error:i,before:s,after:c,options:a,secret:l,multiline:f,input:p,described:_}){let[m,d]=I(
!1),u={id:t,value:e,required:!r,"aria-invalid":i?"true":void 0,"aria-describedby":_||void 0,onInput:g=>n(g.currentTarget.
value)};return a?o("div",{class:"control select",children:[o("select",{...u,children:a.map(g=>o("option",{value:g.value,
children:g.label},g.value))}),o(x,{name:"chevron",size:16})]}):f?o("textarea",{...u,class:"control",rows:5,spellcheck:!1,
autocomplete:"off"}):o("div",{class:"control",children:[s&&o("span",{class:"affix",children:s}),o("input",{...l&&!m?Tn:Rn,
autocomplete:l?"new-password":"off",autocapitalize:"none",spellcheck:!1,...p,...u}),c&&o("span",{class:"affix",children:c}),
l&&o("button",{type:"button",class:"icon-button","aria-pressed":m,"aria-label":m?l.hide:l.show,title:m?l.hide:l.show,"ar\
ia-controls":t,onClick:()=>d(!m),children:o(x,{name:m?"eye-off":"eye"})})]})}var A=class extends Error{constructor(n,r,i,s={}){super(i);this.status=n;this.reason=r;this.document=s}status;reason;document};
async function Nt(t,{method:e,headers:n={},body:r,signal:i},s){let c={method:e??(r===void 0?"GET":"POST"),headers:{accept:s,
...r===void 0?{}:{"content-type":"application/json"},...n},credentials:"same-origin",cache:"no-store"};r!==void 0&&(c.body=
JSON.stringify(r)),i&&(c.signal=i);let a;try{a=await fetch(t,c)}catch(f){throw i?.aborted?f:new A(0,"NETWORK","The serve\
r cannot be reached.")}if(a.ok)return a;let l=await a.json().catch(()=>({}));throw new A(a.status,String(l.reason??"UNKN\
OWN"),String(l.detail??a.statusText),l)}async function ie(t,e={}){let n=await Nt(t,e,"application/json");return n.status===
204?void 0:await n.json()}async function*Ge(t,e={}){let n=await Nt(t,e,"text/event-stream");if(!n.body)return;let r=n.body.
pipeThrough(new TextDecoderStream).getReader(),i="",s={id:"",event:"message",data:""};for(;;){let{done:c,value:a}=await r.
read();if(c)return;let l=(i+a).split(/\r\n|\n|\r/);i=l.pop()??"";for(let f of l){if(f===""){s.data&&(yield{...s,data:s.data.
replace(/\n$/,"")}),s={id:s.id,event:"message",data:""};continue}let[,p,_]=/^(\w+):? ?(.*)$/.exec(f)??[];p==="data"?s.data+=
`${_}
`:p==="event"?s.event=_??"":p==="id"&&(s.id=_??"")}}}var Fn=new Set(["ar","he","fa","ur"]);function Ye(t,e,n={},r={}){let i=new Intl.PluralRules(t),s=a=>r[a]??n[a]??e[a]??a,
c=(a,l)=>In(a,l,i);return{locale:t,direction:Fn.has(t.split("-")[0]??"")?"rtl":"ltr",t:(a,l={})=>c(s(a),l).replace(/\{(\w+)\}/g,
(f,p)=>String(l[p]??"")),rich:(a,l)=>c(s(a),l).split(/\{(\w+)\}/).map((f,p)=>p%2?l[f]:f),date:a=>new Intl.DateTimeFormat(
t,{dateStyle:"long"}).format(a)}}function In(t,e,n){return t.replace(/\{(\w+), plural,((?:\s*[=\w]+\s*\{[^{}]*(?:\{\w+\}[^{}]*)*\})+)\s*\}/g,
(r,i,s)=>{let c=Number(e[i]),a={};for(let[,f,p]of s.matchAll(/([=\w]+)\s*\{([^{}]*(?:\{\w+\}[^{}]*)*)\}/g))a[f??""]=p??"";
return(a[`=${c}`]??a[n.select(c)]??a.other??"").replaceAll("#",new Intl.NumberFormat(n.resolvedOptions().locale).format(
c))})}function Ze(t,e){for(let n of t){let r=e.find(i=>i.toLowerCase()===n.toLowerCase())??e.find(i=>i===n.split("-")[0]?.
toLowerCase());if(r)return r}return"en"}function V({name:t,src:e,size:n=40}){let r=[...t.trim()][0]?.toLocaleUpperCase()??"·",i=[...t].reduce((s,c)=>(s*31+(c.codePointAt(
0)??0))%8,7);return o("span",{class:`logo logo-${n>=48?"large":"small"} tint-${i}`,"aria-hidden":"true",children:e?o("im\
g",{src:e,alt:"",width:n,height:n}):r})}var On={info:"info",warning:"alert",danger:"alert",success:"check"};function j({kind:t="info",title:e,children:n}){return o(
"div",{class:`notice notice-${t}`,children:[o(x,{name:On[t]??"info"}),o("div",{children:[e&&o("p",{class:"notice-title",
children:e}),n]})]})}var Je=new Set;function B(t,e="polite"){for(let n of Je)n(e,t)}function Xe(){let[t,e]=I({polite:"",assertive:""});return D(
()=>{let n=(r,i)=>e(s=>({...s,[r]:i}));return Je.add(n),()=>{Je.delete(n)}},[]),o(k,{children:[o("div",{class:"for-reade\
rs",role:"status",children:t.polite}),o("div",{class:"for-readers",role:"alert",children:t.assertive})]})}var X=vt(void 0);function b(){let t=It(X);if(!t)throw new Error("outside of the program");return t}function N(){let{flow:t}=b();
if(!t)throw new Error("no session yet");return t}var Q=class t{constructor(e,n){this.id=e;this.holder=n}id;holder;static async open(e,n){let{binding:r,session:i}=await ie(
"/connect/api/sessions",{body:{token:e,...n&&{environment:n}}});return{client:new t(i.id,{binding:r}),session:i}}read(){
return this.call("")}form(e){return this.call(`/integrations/${encodeURIComponent(e)}`)}start(e,n,r){return this.call("/\
attempts",{body:{integration:e,fields:n,window:r}})}confirm(e){return this.call(`/attempts/${encodeURIComponent(e)}/conf\
irm`,{body:{}})}chooseAccount(e,n){return this.call(`/attempts/${encodeURIComponent(e)}/choose`,{body:{choice:n}})}connections(){
return this.call("/connections")}disconnect(e){return this.call(`/connections/${encodeURIComponent(e)}`,{method:"DELETE"})}async errand(e){
let{session:n}=await this.call("/errands",{body:{...e&&{mends:e}}});return{client:new t(n.id,this.holder),session:n}}async result(){
let{result_token:e}=await this.call("/result",{body:{}});return e}async approval(){let{link:e}=await this.call("/approva\
l",{body:{}});return e}cancel(e){return this.call(`/attempts/${encodeURIComponent(e)}`,{method:"DELETE"})}async*watch(e){
let n="",r=!0;for(let i=0;!e.aborted;)try{for await(let s of r?this.stream(e):this.poll(n,e))i=0,s.revision!==n&&(yield s),
n=s.revision}catch(s){if(e.aborted)return;if(s instanceof A&&s.status>=400&&s.status<500)throw s;i+=1,r=i<2,await An(Math.
min(500*2**i,8e3),e)}}async*stream(e){for await(let{event:n,data:r}of Ge(this.path("/watch"),{...this.headers(),signal:e})){
if(n==="problem")throw new A(410,r,r);yield JSON.parse(r)}}async*poll(e,n){yield await this.call(`/watch?known=${encodeURIComponent(
e)}`,{signal:n})}path(e){return`/connect/api/sessions/${encodeURIComponent(this.id)}${e}`}headers(){return{headers:"bind\
ing"in this.holder?{authorization:`Bearer ${this.holder.binding}`}:{"x-form-token":this.holder.form_token}}}call(e,n={}){
return ie(this.path(e),{...n,...this.headers()})}};function An(t,e){return new Promise(n=>{let r=setTimeout(n,t);e.addEventListener(
"abort",()=>{clearTimeout(r),n()})})}var Nn="popup=yes,width=520,height=720",Ln="/connect/window";function Lt(){let t=window.open(Ln,"_blank",Nn);if(!t||t.closed)
return;let e,n=!1,r=()=>{e&&n&&t.postMessage({type:"visit",...e},location.origin)};return addEventListener("message",i=>{
i.origin!==location.origin||i.source!==t||i.data?.type!=="where"||(n=!0,r())}),{go:i=>{e=i,r()},focus:()=>t.focus(),close:()=>t.
close(),seemsClosed:()=>t.closed}}function Dt(){let t=window.opener;return t?new Promise(e=>{addEventListener("message",
n=>{if(n.origin!==location.origin||n.source!==t||n.data?.type!=="visit")return;let{session:r,binding:i,attempt:s,url:c}=n.
data;e({session:r,binding:i,attempt:s,url:c})}),t.postMessage({type:"where"},location.origin)}):Promise.resolve(void 0)}var Mt="ADMIN_APPROVAL_PENDING",Dn=3e3,ee=class t{constructor(e,n,r){this.client=e;this.place=n;this.state=r}client;place;state;listeners=new Set;watching;opened;told=!1;attempt;unwanted;telling;expiry;static async begin(e,n,r){
let i=new t(e,r,{session:n,screen:{at:"choose"},typed:{},leaving:!1});return addEventListener("pageshow",s=>s.persisted&&
void i.refresh()),addEventListener("pagehide",()=>i.stopWatching()),addEventListener("online",()=>i.isOffline()&&void i.
again()),i.expire(),await i.enter(),i.followHistory(),i.watch(),i}subscribe(e){return this.listeners.add(e),()=>this.listeners.
delete(e)}set(e){this.state={...this.state,...e};for(let n of this.listeners)n()}show(e){this.set({screen:e,leaving:!1}),
this.place.host?.tell({type:"step",step:Ht[e.at],integration:"form"in e?e.form?.key:void 0})}get canGoBack(){let{session:e,
screen:n}=this.state;return n.at!=="choose"&&n.at!=="done"&&e.integrations.length>1&&n.at!=="verify"}get hasTyped(){return this.
state.screen.at==="form"&&Object.values(this.state.typed).some(Boolean)}async choose(e){this.state.session.integrations.
length>1&&!this.place.host&&history.pushState({step:e.key},""),this.set({typed:{},fieldError:void 0}),await this.attempting(
async()=>{let n=await this.client.form(e.key);this.show({at:n.fields.length?"form":"explain",form:n})})}type(e,n){let r=this.
state.fieldError?.field===e?void 0:this.state.fieldError;this.set({typed:{...this.state.typed,[e]:n},fieldError:r})}async start(e,n={},r=!1){
let i=e.away&&this.place.windows&&!r;if(this.opened?.close(),this.opened=i?Lt():void 0,i&&!this.opened){this.show({at:"b\
locked",form:e});return}this.show({at:e.away?"opening":"verify",form:e}),await this.attempting(async()=>{this.unwanted&&
await this.client.cancel(this.unwanted).catch(()=>{}),this.unwanted=void 0;let s=await this.client.start(e.key,n,i);if(s.
next!=="provider")return this.set({session:s.session}),s.next==="connected"?this.connected(s.session):this.asked(e.key);
if(this.attempt=s.attempt,!this.opened||!("binding"in this.client.holder)){location.assign(s.url);return}let{binding:c}=this.
client.holder;this.opened.go({session:this.client.id,binding:c,attempt:s.attempt,url:s.url}),this.show({at:"waiting",form:e,
seemsClosed:!1}),this.mindClosing()},e)}continueInTab(){if(!("binding"in this.client.holder))return;let e=new URLSearchParams(
{f:this.client.id,b:this.client.holder.binding});window.open(`/connect#${e}`,"_top")}focusWindow(){this.opened?.focus()}async cancel(){
this.opened?.close();let{screen:e}=this.state,n="form"in e?e.form:void 0;this.attempt&&await this.client.cancel(this.attempt).
catch(()=>{}),this.attempt=void 0,n?this.show({at:n.fields.length?"form":"explain",form:n}):await this.enter()}async useOther(e){
let{attempt:n}=this.state.session;n&&(this.show({at:"other_account",form:e,busy:!0}),await this.attempting(async()=>this.
connected(await this.client.confirm(n.id)),e))}async chooseAccount(e,n){let{attempt:r}=this.state.session;r&&(this.show(
{at:"which_account",form:e,chosen:n}),await this.attempting(async()=>{let i=await this.client.chooseAccount(r.id,n);this.
set({session:i}),i.connection?this.connected(i):await this.asked(e.key)},e))}async switchAccount(e){this.unwanted=this.state.
session.attempt?.id,this.attempt=void 0,e.fields.length?this.show({at:"form",form:e}):await this.start(e)}async makeLink(e){
await this.attempting(async()=>{let n=await this.client.approval();this.set({session:await this.client.read()}),this.expire(),
this.show({at:"pending",form:e,link:n})},e)}async back(){(this.state.screen.at==="waiting"||this.state.screen.at==="open\
ing")&&await this.cancel(),this.show({at:"choose"})}async again(){let{screen:e,session:n}=this.state,r=e.at==="failed"||
e.at==="pending"?e.form:void 0;n.attempt?.state==="held"?await this.asked(n.attempt.integration):r?this.show({at:r.fields.
length?"form":"explain",form:r}):await this.enter(n.attempt?.integration)}async chooseAnother(){this.show({at:"choose"})}startOver(){
this.place.host?.tell({type:"token"})}async renew(e){await this.attempting(async()=>{let{client:n,session:r}=await Q.open(
e,this.place.environment);this.client=n;let{screen:i}=this.state;this.set({session:r}),this.expire(),this.watch(),i.at===
"failed"&&!i.form?await this.enter():i.at==="failed"&&i.form&&this.show({at:i.form.fields.length?"form":"explain",form:i.
form})})}leave(){this.hasTyped&&!this.state.leaving?this.set({leaving:!0}):this.close()}stay(){this.set({leaving:!1})}close(){
let{screen:e,session:n}=this.state;if(this.telling){this.telling.then(()=>this.place.host?.tell({type:"close"}));return}
if(this.stopWatching(),clearTimeout(this.expiry),this.attempt&&!n.connection&&(this.opened?.close(),this.client.cancel(this.
attempt).catch(()=>{})),e.at==="pending")this.tell({status:"pending"});else if(e.at==="failed"&&e.failure.reason!=="USER\
_DECLINED"){let{reason:r,owner:i,reference:s}=e.failure;this.tell({status:"failed",reason:r,owner:i,reference:s})}else{let r=e.
at==="failed"?"USER_DECLINED":void 0;this.tell({status:"dismissed",at:Ht[e.at],reason:r})}this.place.host?.tell({type:"c\
lose"})}async enter(e){let{session:n}=this.state;if(n.connection)return this.connected(n);let r=e??this.place.host?.wishes.
integration,i=n.integrations.length===1?n.integrations[0]:n.integrations.find(l=>l.key===r);if(n.attempt?.state==="held"&&
!e)return this.asked(n.attempt.integration);let s=n.failure&&n.attempt&&!e,c=n.failure?.reason===Mt;if(s&&n.failure&&!(c&&
n.approving)){let l=await this.client.form(n.attempt?.integration??"").catch(()=>{});return this.failed(n.failure,l)}if(!i)
return this.show({at:"choose"});let a=await this.client.form(i.key);this.show({at:a.fields.length?"form":"explain",form:a})}async asked(e){
this.opened?.close();let{attempt:n}=this.state.session;this.attempt=n?.id;let r=await this.client.form(e);this.show(n?.choices?
{at:"which_account",form:r}:{at:"other_account",form:r,busy:!1})}async watch(){this.stopWatching();let e=new AbortController;
this.watching=e;try{for await(let n of this.client.watch(e.signal))if(this.heard(n),n.connection)return}catch(n){let{screen:r}=this.
state;e.signal.aborted||this.failed(Bt(n),"form"in r?r.form:void 0)}}heard(e){this.set({session:e});let{screen:n}=this.state,
{attempt:r,failure:i}=e;if(e.connection)this.connected(e);else{if(n.at!=="waiting"||!r||r.id!==this.attempt)return;r.state===
"failed"&&i?this.failed(i,n.form):r.state==="held"&&this.attempting(()=>this.asked(r.integration),n.form)}}stopWatching(){
this.watching?.abort(),this.watching=void 0}mindClosing(){let e=this.opened,n=0,r=setInterval(()=>{let{screen:i}=this.state;
if(i.at!=="waiting"||this.opened!==e)return clearInterval(r);n=e?.seemsClosed()?n||Date.now():0;let s=n>0&&Date.now()-n>=
Dn;s!==i.seemsClosed&&this.set({screen:{...i,seemsClosed:s}})},500)}connected(e){this.state.screen.at!=="done"&&(this.opened?.
close(),this.attempt=void 0,clearTimeout(this.expiry),this.set({session:e,typed:{}}),this.show({at:"done",review:!!e.connection?.
scopes_left_out?.length}),this.place.host&&(this.telling=this.tellConnected(e)))}async tellConnected({connection:e,attempt:n,
integrations:r}){if(!e)return;let i=n?.integration??r[0]?.key??"",s=await this.result();this.tell({status:"connected",connection:{
id:e.id,integration:i,account:e.account},result_token:s})}result(){return this.client.result().catch(()=>{})}failed(e,n){
this.opened?.close(),this.attempt=void 0,e.reason===Mt?this.show({at:"pending",form:n}):this.show({at:"failed",failure:e,
form:n})}async attempting(e,n){try{await e()}catch(r){this.opened?.close();let i=r instanceof A&&r.reason==="FIELD_INVAL\
ID"?r.document.field:void 0;if(n&&typeof i=="string"&&n.fields.some(a=>a.name===i)){this.show({at:"form",form:n}),this.set(
{fieldError:{field:i,message:r.message}});return}let s=await this.client.read().catch(()=>{});if(s&&this.set({session:s}),
s?.attempt?.state==="held"&&["verify","which_account"].includes(this.state.screen.at)&&!(r instanceof A&&r.reason.startsWith(
"PROVIDER_")))return this.asked(s.attempt?.integration??"");this.failed(Bt(r,s),n)}}async refresh(){await this.attempting(
async()=>{this.set({session:await this.client.read()}),await this.enter(),this.watch()})}isOffline(){return this.state.screen.
at==="failed"&&this.state.screen.failure.reason==="NETWORK"}expire(){clearTimeout(this.expiry);let e=this.state.session.
expires_at-Date.now();this.expiry=setTimeout(()=>{let{screen:n}=this.state;n.at==="done"||n.at==="waiting"||this.failed(
{reason:"SESSION_EXPIRED",owner:"END_USER",phase:"",reference:""},"form"in n?n.form:void 0)},Math.min(Math.max(e,0),2**31-
1))}tell(e){this.told||(this.told=!0,this.place.host?.tell({type:"outcome",outcome:{session:this.client.id,...e}}))}followHistory(){
addEventListener("popstate",()=>{this.canGoBack&&this.back()})}},Ht={choose:"choose",explain:"explain",form:"form",verify:"\
verify",opening:"authorize",blocked:"authorize",waiting:"authorize",other_account:"account",which_account:"account",pending:"\
pending",failed:"failed",done:"done"};function Bt(t,e){if(!(t instanceof A))throw t;let n=e?.failure;return n&&n.reason===
t.reason?n:{reason:t.reason,owner:t.document.owner??"OPERATOR",phase:"",reference:e?.attempt?.id??e?.id??""}}function Ut(t,e){return e.some(n=>n===t||n.endsWith(":*")&&t.startsWith(n.slice(0,-1))&&/^\d+$/.test(t.slice(n.length-1)))}
function $t(t){return new Promise((e,n)=>{let r=new URLSearchParams(location.hash.slice(1)).get("o")??"";if(window.parent===
window||!Ut(r,t)){console.error(`Latchkey: ${r||"this page"} may not embed the connect pages. Add it to allowed_origins \
of the environment.`),n(new Error("NOT_ALLOWED_HERE"));return}let i=crypto.randomUUID(),s=setTimeout(()=>{console.error(
"Latchkey: the page did not answer. Open the frame with the connect script of this server."),c(()=>n(new Error("NOT_ALLO\
WED_HERE")))},5e3),c=l=>{clearTimeout(s),removeEventListener("message",a),l()},a=l=>{let f=l.ports[0];if(l.origin!==r||l.
source!==window.parent||!f)return;let{type:p,nonce:_,...m}=l.data;p!=="welcome"||_!==i||c(()=>e(Mn(f,m)))};addEventListener(
"message",a),window.parent.postMessage({type:"hello",nonce:i,protocol:1},r)})}function Mn(t,e){return{wishes:e,tell:n=>t.
postMessage(n),listen:n=>{t.onmessage=r=>n(r.data)}}}function Wt(t){return new Promise((e,n)=>{let r=location.ancestorOrigins?.[0]??
(document.referrer&&new URL(document.referrer).origin);if(window.parent===window||!Ut(r,t)){console.error(`Latchkey: ${r||
"this page"} may not embed the connect pages. Add it to allowed_origins of the environment.`),n(new Error("NOT_ALLOWED_H\
ERE"));return}let i=l=>window.parent.postMessage(l,r),s,c=!1,a=l=>{if(l.type==="close"&&i({type:"close"}),l.type!=="outc\
ome")return;let{status:f,connection:p,reason:_}=l.outcome;f==="connected"&&i({type:"connect",payload:{providerConfigKey:p?.
integration,connectionId:p?.id,isPending:!1}}),f==="failed"&&i({type:"error",payload:{errorType:_,errorMessage:_}})};addEventListener(
"message",({origin:l,source:f,data:p})=>{if(l!==r||f!==window.parent||p?.type!=="session_token")return;let _=String(p.sessionToken);
if(c)return s?.({type:"token",token:_});c=!0,e({wishes:{token:_},tell:a,listen:m=>s=m})}),i({type:"ready"})})}var Ce={title:"setup_title",body:"setup_body",way:"copy"},Qe={title:"provider_down_title",body:"provider_down_body",way:"\
again"},Hn={title:"ours_title",body:"ours_body",way:"again"},Bn={title:"session_expired_title",body:"session_expired_bod\
y",way:"over"},Ee={title:"stale_title",body:"stale_body",way:"none"},Un={USER_DECLINED:{title:"declined_title",body:"dec\
lined_body",way:"again",neutral:!0},OTHER_ACCOUNT:{title:"blocked_account_title",body:"blocked_account_body",way:"again"},
CREDENTIALS_REJECTED:{title:"rejected_title",body:"rejected_body",way:"again"},REAUTH_REQUIRED:{title:"expired_grant_tit\
le",body:"expired_grant_body",way:"again"},REFUSAL_UNCONFIRMED:{title:"expired_grant_title",body:"expired_grant_body",way:"\
again"},CLIENT_REJECTED:Ce,REQUEST_REJECTED:Ce,INTEGRATION_INCOMPLETE:Ce,NOT_SUPPORTED:Ce,PROVIDER_UNAVAILABLE:Qe,PROVIDER_TIMEOUT:Qe,
PROVIDER_UNREACHABLE:Qe,PROVIDER_RATE_LIMITED:{title:"provider_busy_title",body:"provider_busy_body",way:"again"},PROVIDER_RESPONSE_INVALID:{
title:"provider_odd_title",body:"provider_odd_body",way:"again"},ISSUER_MISMATCH:{title:"mismatch_title",body:"mismatch_\
body",way:"again"},NETWORK:{title:"offline_title",body:"offline_body",way:"retry"},SESSION_UNKNOWN:{title:"no_session_ti\
tle",body:"no_session_body",way:"none"},SESSION_EXPIRED:Bn,SESSION_CONSUMED:{title:"session_used_title",body:"session_us\
ed_body",way:"none"},SESSION_IN_OTHER_BROWSER:{title:"other_browser_title",body:"other_browser_body",way:"none"},AUTHORIZATION_EXPIRED:{
title:"expired_grant_title",body:"expired_grant_body",way:"again"},STATE_UNKNOWN:Ee,STATE_USED:Ee,PAGE_STALE:Ee,NOT_OFFERED:Ee,
NOT_ALLOWED_HERE:{title:"not_here_title",body:"not_here_body",way:"none"}};function pe(t){return Un[t]??Hn}var ue="return:",Vt="managed:";function zt(){let t=new URLSearchParams(location.hash.slice(1));history.replaceState(null,
"",location.pathname);let e=t.get("s"),[n,r]=[t.get("f"),t.get("b")],i=t.get("a"),s=e?{token:e}:n&&r?{session:n,binding:r}:
i?{approval:i}:void 0;if(!s)return!1;let c=t.get("r");c&&sessionStorage.setItem(ue,c);let a=document.querySelector("#ope\
n");a&&i&&(a.action="/connect/approve");let l=Object.entries(s).map(([f,p])=>{let _=document.createElement("input");return _.
type="hidden",_.name=f,_.value=p,_});return a?.replaceChildren(...l),a?.submit(),!0}function qt(t,e){let n=sessionStorage.
getItem(ue);n&&(sessionStorage.setItem(ue+t,n),sessionStorage.removeItem(ue));let r=sessionStorage.getItem(ue+t),i=e.find(
c=>c===r)??(e.length===1?e[0]:void 0);if(!i)return;let s=new URL(i);return s.searchParams.set("latchkey_session",t),s.href}
function Kt(t,e){sessionStorage.setItem(Vt+t,e)}function jt(t){let e=sessionStorage.getItem(Vt+t);if(e)return et(()=>location.
replace(`/connect/${encodeURIComponent(e)}`))}function et(t,e=()=>{}){return{wishes:{token:""},tell:n=>n.type==="close"||
n.type==="token"?t():n.type==="outcome"?void 0:e(n),listen:()=>{}}}function E({title:t,name:e,mark:n,children:r,actions:i,center:s}){let{boot:c,texts:a,flow:l,leave:f=l?.place.host&&(()=>l.
leave())}=b(),p=z(null);return D(()=>{document.title=e,l?.place.host?.tell({type:"title",title:e}),p.current?.focus({preventScroll:!0}),
scrollTo(0,0)},[e]),o("main",{class:`card${s?" centered":""}`,children:[o("header",{class:"bar",children:[l?.canGoBack?o(
ne,{icon:"back",label:a.t("back"),onClick:()=>l.place.host?void l.back():history.state?.step?history.back():void l.back()}):
o($n,{}),o("span",{class:"bar-space"}),c.support_url&&o("a",{class:"bar-help",href:c.support_url,target:"_blank",rel:"no\
opener noreferrer",children:a.t("help")}),f&&o(ne,{icon:"close",label:a.t("close"),onClick:f})]}),o("div",{class:"conten\
t",children:[n,o("h1",{ref:p,tabIndex:-1,children:t}),r]}),i&&o("footer",{class:"foot",children:i})]})}function $n(){let{
boot:t}=b();return t.logo_light||t.logo_dark?o("span",{class:"brand",children:[o("img",{class:"brand-light",src:t.logo_light??
t.logo_dark,alt:t.app_name??"",height:28}),o("img",{class:"brand-dark",src:t.logo_dark??t.logo_light,alt:"",height:28})]}):
t.app_name?o("span",{class:"brand",children:t.app_name}):o("span",{})}function $({provider:t,state:e}){let{boot:n}=b();return o(
"div",{class:`pair${e?` pair-${e}`:""}`,"aria-hidden":"true",children:[n.app_name&&o(V,{name:n.app_name,src:n.logo_light,
size:56}),n.app_name&&o("span",{class:"pair-line",children:e==="done"?o(x,{name:"check",size:16}):o(x,{name:"arrow",size:16})}),
o(V,{name:t,size:56})]})}function Te(){let{texts:t}=b();return o("p",{class:"safe",children:[o(x,{name:"lock",size:16}),
o("span",{children:t.t("encrypted")})]})}function tt(t){return t.normalize("NFKD").replace(/\p{M}/gu,"").toLocaleLowerCase().replace(/[^\p{L}\p{N}]+/gu," ").trim()}
function Gt(t,e,n){let r=tt(e).split(" ").filter(Boolean);return t.map(s=>({choice:s,rank:Wn(n(s),r)})).filter(({rank:s})=>s>
0).sort((s,c)=>c.rank-s.rank).map(({choice:s})=>s)}function Wn(t,e){let[n,r]=[tt(t[0]),tt(t[1])],i=e.join(" "),s=1;for(let c of e){
let a=` ${n}`.includes(` ${c}`)?3:n.includes(c)?2:` ${r}`.includes(` ${c}`)||r.replaceAll(" ","").includes(c)?1:0;if(!a)
return 0;s+=a}return s+(i&&n.startsWith(i)?10:0)}var Vn=6;function Re({of:t,named:e,onPick:n,children:r}){let{texts:i}=b(),[s,c]=I(""),a=Ke(()=>Gt(t,s,e),[t,s]),l=z(null),
f=z(null);return D(()=>{s&&B(a.length?i.t("search_results",{count:a.length}):i.t("search_nothing",{query:s}))},[s,a.length]),
o("div",{onKeyDown:_=>{let m=_.key==="ArrowDown"?1:_.key==="ArrowUp"?-1:0;if(!m)return;let d=[l.current,...f.current?.querySelectorAll(
"button")??[]].filter(g=>g!==null),u=d.indexOf(document.activeElement);d[u+m]?.focus(),_.preventDefault()},children:[t.length>=
Vn&&o("div",{class:"control search",children:[o(x,{name:"search"}),o("input",{ref:l,type:"search",value:s,placeholder:i.
t("search"),"aria-label":i.t("search"),autocomplete:"off",spellcheck:!1,enterkeyhint:"search",onInput:_=>c(_.currentTarget.
value),onKeyDown:_=>_.key==="Enter"&&a[0]&&s&&n(a[0])}),s&&o(ne,{icon:"close",label:i.t("search_clear"),onClick:()=>{c(""),
l.current?.focus()}})]}),o("ul",{class:"choices",ref:f,children:a.map(_=>o("li",{children:o("button",{type:"button",class:"\
choice",onClick:()=>n(_),children:r(_)})},t.indexOf(_)))}),!a.length&&o("p",{class:"nothing",children:i.t("search_nothin\
g",{query:s})})]})}function Yt({form:t,busy:e}){let{texts:n}=b(),r=N(),{attempt:i,mends:s}=r.state.session,c=t.name,[a,l]=[s?.account??"",i?.
account??""],f=n.t("other_account_title",{provider:c});return o(E,{center:!0,name:f,title:f,mark:o("span",{class:"emblem\
 emblem-neutral",children:o(x,{name:"alert",size:26})}),actions:o(k,{children:[o(w,{kind:"primary",wide:!0,onClick:()=>{
r.switchAccount(t)},children:n.t("other_account_switch",{expected:a})}),o(w,{wide:!0,busy:e,onClick:()=>{r.useOther(t)},
children:n.t("other_account_use",{actual:l})})]}),children:[o("p",{class:"lead",children:n.t("other_account_body",{expected:a,
actual:l})}),o("p",{class:"small",children:n.t("other_account_hint",{provider:c,actual:l})})]})}function Zt({form:t,chosen:e}){
let{texts:n}=b(),r=N(),i=r.state.session.attempt?.choices??[],s=n.t("which_account_title",{provider:t.name});return o(E,
{name:s,title:s,actions:o(w,{wide:!0,onClick:()=>{r.switchAccount(t)},children:n.t("which_account_switch")}),children:[o(
"p",{class:"lead",children:n.t("which_account_body")}),o(Re,{of:i,named:({label:c,detail:a})=>[c,a??""],onPick:c=>e===void 0&&
void r.chooseAccount(t,i.indexOf(c)),children:c=>o(k,{children:[o(V,{name:c.label}),o("span",{class:"choice-name",children:[
c.label,c.detail&&o("small",{children:c.detail})]}),i[e??-1]===c?o("span",{class:"spinner","aria-hidden":"true"}):o(x,{name:"\
chevron",size:18})]})})]})}function Jt(){let{texts:t,app:e}=b(),n=N(),{integrations:r}=n.state.session;return r.length?o(E,{name:t.t("choose_title"),
title:t.t("choose_title"),children:[o("p",{class:"lead",children:t.t("choose_lead",{app:e})}),o(Re,{of:r,named:({name:i,
provider:s,key:c,categories:a})=>[i,[s,c,...a].join(" ")],onPick:i=>{n.choose(i)},children:i=>o(k,{children:[o(V,{name:i.
name}),o("span",{class:"choice-name",children:[i.name,i.provider!==i.name&&o("small",{children:i.provider})]}),o(x,{name:"\
chevron",size:18})]})})]}):o(E,{center:!0,name:t.t("empty_title"),title:t.t("empty_title"),children:o("p",{class:"lead",
children:t.t("empty_body",{app:e})})})}function re({failure:t,form:e}){let{texts:n,app:r,flow:i}=b(),s=pe(t.reason),c=i?.state.session.integrations.find(f=>f.key===
i.state.session.attempt?.integration),a={app:r,provider:e?.name??c?.name??"",reference:t.reference},l=n.t(s.title,a);return o(
E,{center:!0,name:l,title:l,mark:o("span",{class:`emblem ${s.neutral?"emblem-neutral":"emblem-wrong"}`,children:o(x,{name:s.
neutral?"info":"alert",size:26})}),actions:i&&o(zn,{failure:t}),children:o("p",{class:"lead",children:n.t(s.body,a)})})}
function zn({failure:t}){let{texts:e,flow:n}=b(),[r,i]=I(!1);if(!n)return null;let{way:s}=pe(t.reason),{host:c}=n.place,
l=n.state.session.integrations.length>1&&s!=="none"&&s!=="over"&&o(w,{kind:"quiet",wide:!0,onClick:()=>{n.chooseAnother()},
children:e.t("choose_other")});if(s==="again"||s==="retry")return o(k,{children:[o(w,{kind:"primary",wide:!0,onClick:()=>{
n.again()},children:e.t(t.reason==="USER_DECLINED"?"start_again":"try_again")}),l]});if(s==="copy"){let f=async()=>{await navigator.
clipboard.writeText(t.reference),i(!0),B(e.t("copied"))};return o(k,{children:[o(w,{wide:!0,kind:"primary",icon:r?"check":
"copy",onClick:()=>{f()},children:e.t(r?"copied":"copy_code")}),l,c&&o(w,{kind:"quiet",wide:!0,onClick:()=>n.close(),children:e.
t("close")})]})}return s==="over"&&c?o(w,{kind:"primary",wide:!0,onClick:()=>n.startOver(),children:e.t("start_over")}):
c?o(w,{kind:"primary",wide:!0,onClick:()=>n.close(),children:e.t("close")}):null}function Xt({review:t}){let{texts:e,app:n,
returnTo:r}=b(),i=N(),{session:s}=i.state,c=s.connection,a=s.attempt?.integration,l=(s.integrations.find(u=>u.key===a)??
s.integrations[0])?.name??"",f=c?.scopes_left_out??[],p=t?e.t("partial_title"):e.t("connected_title",{provider:l}),{host:_}=i.
place,m=async u=>{u.preventDefault();let g=new URL(r??"");g.searchParams.set("latchkey_status","connected");let y=await i.
result();y&&g.searchParams.set("latchkey_result",y),location.assign(g)},d=_?o(w,{kind:"primary",wide:!0,onClick:()=>i.close(),
children:e.t(t?"partial_accept":"done")}):r&&o("a",{class:"button button-primary wide",href:r,onClick:u=>{m(u)},children:e.
t("connected_return",{app:n})});return o(E,{center:!0,name:p,title:p,mark:t?o($,{provider:l}):o($,{provider:l,state:"don\
e"}),actions:d,children:[c?.account&&o("p",{class:"account",children:e.t("connected_as",{account:c.account})}),t?o(j,{kind:"\
warning",children:[o("p",{children:e.t("partial_body",{provider:l,app:n})}),o("ul",{class:"left-out",children:f.map(u=>o(
"li",{children:o("code",{children:u})},u))})]}):o("p",{class:"lead",children:e.t(_||r?"connected_body":"connected_close",
{app:n})})]})}var nt=6;function Qt({form:t}){let{texts:e,app:n}=b(),r=N(),i=t.name,{mends:s,approving:c,end_user:a}=r.state.session,l=e.
t(s?"reconnect_title":"explain_title",{provider:i}),f=t.away?e.t("continue_at",{provider:i}):e.t("form_submit");return o(
E,{center:!0,name:l,title:l,mark:o($,{provider:i}),actions:o(k,{children:[o(w,{kind:"primary",wide:!0,onClick:()=>{r.start(
t)},children:f}),o(Te,{})]}),children:[c&&o(j,{kind:"info",children:o("p",{children:e.t("approve_lead",{provider:i,app:n,
user:a})})}),s?o(ot,{form:t}):o("p",{class:"lead",children:e.t("explain_lead",{provider:i,app:n})}),t.scopes.length>0&&o(
"section",{class:"asks",children:[o("h2",{children:e.t("explain_scopes",{app:n})}),o("ul",{children:[t.scopes.slice(0,nt).
map(p=>o("li",{children:[o(x,{name:"check",size:16}),o("code",{children:p})]},p)),t.scopes.length>nt&&o("li",{class:"mor\
e",children:e.t("explain_more",{count:t.scopes.length-nt})})]})]}),t.away&&o("ul",{class:"points",children:[o("li",{children:e.
t("explain_points_1",{app:n})}),o("li",{children:e.t("explain_points_2")})]})]})}function ot({form:t}){let{texts:e}=b(),
{mends:n}=N().state.session;if(!n)return null;let r=n.ended&&e.t("reconnect_ended",{provider:t.name,date:e.date(new Date(
n.ended[1]))}),i=n.account?e.t("reconnect_account",{account:n.account}):e.t("reconnect_lead");return o(j,{kind:r?"warnin\
g":"info",title:r||void 0,children:o("p",{children:i})})}function se(t,e){if(t.pattern)try{return new RegExp(t.pattern,"u").test(e)}catch{return}}function Pe(t,e){let n=t.multiline?
e:e.trim();return t.before&&n.startsWith(t.before)&&(n=n.slice(t.before.length).replace(/\/$/,"")),t.after&&n.endsWith(t.
after)&&(n=n.slice(0,-t.after.length)),n}function en(t,e,n,r){let i=Pe(t,e);if(!i||t.options?.length)return;let s=t.label;
if(t.secret){let c=/^(bearer|basic|token|authorization:)\s/i.exec(i)?.[1];if(c)return{key:"hint_prefixed",values:{prefix:c}};
if(/^(["'`]).+\1$/.test(i))return{key:"hint_quoted",values:{}};if(/[•…*]{3,}|\.{3}/.test(i))return{key:"hint_masked",
values:{provider:r}};if(/^https?:\/\//i.test(i)&&se(t,i)!==!0)return{key:"hint_address",values:{label:s}};if(/^[^\s@]+@[^\s@]+\.[a-z]{2,}$/i.
test(i)&&se(t,i)!==!0)return{key:"hint_email",values:{label:s}}}if(se(t,i)===!1){let c=n.find(a=>a!==t&&a.pattern&&se(a,
i));return c?{key:"hint_other_field",values:{label:c.label}}:{key:"hint_shape",values:{label:s}}}if(i!==e.trim()&&(t.before||
t.after))return{key:"hint_kept",values:{value:`${t.before??""}${i}${t.after??""}`}}}function nn({form:t}){let{texts:e}=b(),n=N(),{typed:r,fieldError:i,session:s}=n.state,[c,a]=I({}),l=z(null),f=t.name,p=u=>r[u.
name]??u.value??u.options?.[0]??"",_=t.fields.filter(({when:u})=>!u||t.fields.some(g=>g.name===u[0]&&p(g)===u[1])),m=u=>{
u.preventDefault();let g={};for(let h of _)h.required&&!Pe(h,p(h))?g[h.name]=e.t("field_missing",{label:h.label}):!h.secret&&
p(h)&&se(h,Pe(h,p(h)))===!1&&(g[h.name]=e.t("field_wrong",{label:h.label}));a(g);let y=_.find(h=>g[h.name]);if(y){B(e.t(
"form_problems",{count:Object.keys(g).length}),"assertive"),l.current?.querySelector(`#in-${CSS.escape(y.name)}`)?.focus();
return}n.start(t,Object.fromEntries(_.map(h=>[h.name,p(h)])))},d=e.t(s.mends?"reconnect_title":"form_title",{provider:f});
return o(E,{name:d,title:d,mark:o($,{provider:f}),actions:o(k,{children:[o(w,{kind:"primary",wide:!0,type:"submit",form:"\
fields",children:t.away?e.t("continue_at",{provider:f}):e.t("form_submit")}),o(Te,{})]}),children:[s.mends?o(ot,{form:t}):
!t.away&&o("p",{class:"lead",children:e.t("form_lead",{provider:f})}),t.steps.length>0&&o("details",{class:"guide",open:!0,
children:[o("summary",{children:e.t("form_where")}),o("ol",{children:t.steps.map(u=>o("li",{children:o("span",{children:tn(
u)})},u))})]}),o("form",{id:"fields",ref:l,noValidate:!0,onSubmit:m,children:_.map(u=>{let g=en(u,p(u),_,f),y=u.discouraged?.
includes(p(u))?e.t("field_discouraged",{provider:f}):void 0;return o(je,{id:`in-${u.name}`,label:u.label,value:p(u),onInput:h=>{
n.type(u.name,h),a(({[u.name]:v,...T})=>T)},optional:u.required?void 0:e.t("optional"),help:u.help?tn(u.help):void 0,error:c[u.
name]??(i?.field===u.name?i.message:void 0),hint:g?e.t(g.key,g.values):y,before:u.before,after:u.after,options:u.options?.
map(h=>({value:h,label:h})),secret:u.secret?{show:e.t("show_value"),hide:e.t("hide_value")}:void 0,multiline:u.multiline},
u.name)})})]})}function tn(t){return t.split(/(https:\/\/[^\s),;]+[^\s),;.])/).map((e,n)=>n%2?o("a",{href:e,target:"_bla\
nk",rel:"noopener noreferrer",children:e.replace(/^https:\/\/(www\.)?/,"").replace(/\/$/,"")},e):e)}function on({form:t,link:e}){let{texts:n,app:r}=b(),i=N(),[s,c]=I(!1),a=t?.name??"",l=n.t("pending_title",{provider:a}),
f=async()=>{await navigator.clipboard.writeText(e??""),c(!0),B(n.t("copied"))};return o(E,{center:!0,name:l,title:l,mark:o(
"span",{class:"emblem emblem-neutral",children:o(x,{name:"info",size:26})}),actions:o(k,{children:[e?o(w,{kind:"primary",
wide:!0,icon:s?"check":"copy",onClick:()=>{f()},children:n.t(s?"copied":"pending_copy")}):o(w,{kind:"primary",wide:!0,icon:"\
link",onClick:()=>{i.makeLink(t)},children:n.t("pending_link")}),o(w,{wide:!0,onClick:()=>{i.again()},children:n.t("pend\
ing_again")}),i.place.host&&o(w,{kind:"quiet",wide:!0,onClick:()=>i.close(),children:n.t("done")})]}),children:[o("p",{class:"\
lead",children:n.t("pending_body",{provider:a,app:r})}),e&&o("div",{class:"field",children:[o("label",{for:"approval-lin\
k",children:n.t("pending_label")}),o("div",{class:"control",children:o("input",{id:"approval-link",readOnly:!0,value:e,onFocus:p=>p.
currentTarget.select()})})]})]})}var qn=5e3;function rn({form:t}){let{texts:e}=b(),n=N(),[r,i]=I(!1),s=e.t("verify_title",{provider:t.name});return D(()=>{
let c=setTimeout(()=>{i(!0),B(e.t("verify_slow",{provider:t.name}))},qn);return()=>clearTimeout(c)},[]),o(E,{center:!0,name:s,
title:s,mark:o($,{provider:t.name,state:"busy"}),actions:r&&o(w,{wide:!0,onClick:()=>{n.cancel()},children:e.t("cancel")}),
children:[o("p",{class:"lead",children:e.t(r?"verify_slow":"verify_body",{provider:t.name})}),o(ce,{})]})}function sn({form:t}){
let{texts:e}=b(),n=e.t("opening_title",{provider:t.name});return o(E,{center:!0,name:n,title:n,mark:o($,{provider:t.name,
state:"busy"}),children:[o("p",{class:"lead",children:e.t("opening_body")}),o(ce,{})]})}function an({form:t,seemsClosed:e}){
let{texts:n}=b(),r=N(),i=t.name,s=n.t("waiting_title",{provider:i}),c=n.t(e?"waiting_closed":"waiting_body");D(()=>{e&&B(
c)},[e]);let a=()=>{r.start(t,r.state.typed)};return o(E,{center:!0,name:s,title:s,mark:o($,{provider:i,state:"busy"}),actions:o(
k,{children:[e?o(w,{kind:"primary",wide:!0,icon:"window",onClick:a,children:n.t("waiting_reopen")}):o(w,{kind:"primary",
wide:!0,icon:"window",onClick:()=>r.focusWindow(),children:n.t("waiting_focus")}),o("div",{class:"ways",children:[!e&&o(
w,{kind:"quiet",onClick:a,children:n.t("waiting_reopen")}),o(w,{kind:"quiet",onClick:()=>r.continueInTab(),children:n.t(
"waiting_here")}),o(w,{kind:"quiet",onClick:()=>{r.cancel()},children:n.t("cancel")})]})]}),children:o("p",{class:"lead",
children:c})})}function cn({form:t}){let{texts:e}=b(),n=N(),r=t.name,i=e.t("blocked_title",{provider:r});return o(E,{center:!0,
name:i,title:i,mark:o($,{provider:r}),actions:o(k,{children:[o(w,{kind:"primary",wide:!0,icon:"window",onClick:()=>{n.start(
t,n.state.typed)},children:e.t("blocked_open",{provider:r})}),o(w,{wide:!0,onClick:()=>n.continueInTab(),children:e.t("w\
aiting_here")})]}),children:o("p",{class:"lead",children:e.t("blocked_body")})})}function Fe(){let{flow:t,texts:e}=b(),[,n]=qe(s=>s+1,0);if(D(()=>t?.subscribe(()=>n(void 0)),[t]),!t)return null;let{screen:r,
leaving:i}=t.state;return o(k,{children:[o(Kn,{flow:t},r.at),i&&o(de,{title:e.t("leave_title"),onClose:()=>t.stay(),actions:o(
k,{children:[o(w,{kind:"primary",onClick:()=>t.stay(),children:e.t("leave_stay")}),o(w,{onClick:()=>t.close(),children:e.
t("leave_go")})]}),children:o("p",{children:e.t("leave_body")})})]})}function Kn({flow:t}){let{screen:e}=t.state;switch(e.
at){case"choose":return o(Jt,{});case"explain":return o(Qt,{form:e.form});case"form":return o(nn,{form:e.form});case"ver\
ify":return o(rn,{form:e.form});case"opening":return o(sn,{form:e.form});case"waiting":return o(an,{form:e.form,seemsClosed:e.
seemsClosed});case"other_account":return o(Yt,{form:e.form,busy:e.busy});case"which_account":return o(Zt,{form:e.form,chosen:e.
chosen});case"blocked":return o(cn,{form:e.form});case"pending":return o(on,{form:e.form,link:e.link});case"failed":return o(
re,{failure:e.failure,form:e.form});case"done":return o(Xt,{review:e.review})}}function it({client:t,session:e,place:n,handle:r={}}){let i=b(),{texts:s,app:c}=i,{host:a}=n,[l,f]=I(),[p,_]=I(),[m,d]=I(
""),[u,g]=I(),[y,h]=I(""),v=()=>{a?.tell({type:"outcome",outcome:{session:t.id,status:"dismissed",at:"manage"}}),a?.tell(
{type:"close"})},T=async(P,M)=>{d(P),h("");try{await M()}catch(L){if(!(L instanceof A))throw L;h(L.reason)}d("")},C=()=>T(
"",async()=>f(await t.connections()));D(()=>{C(),addEventListener("pageshow",P=>P.persisted&&void C()),a?.tell({type:"st\
ep",step:"manage"})},[]);let te=(P,M)=>T(P,async()=>{let L=await t.errand(M),U=!1,H=()=>{U=!0,g(void 0),C()};a||Kt(L.client.
id,t.id),g(await ee.begin(L.client,L.session,{...n,host:et(H,un=>U||a?.tell(un))}))}),fe=P=>T(P.id,async()=>{await t.disconnect(
P.id),B(s.t("manage_ended",{provider:P.name})),f(M=>M?.filter(L=>L!==P))});if(r.leave=()=>u?u.leave():v(),u)return o(X.Provider,
{value:{...i,flow:u},children:o(Fe,{},u.state.session.id)});let Y=a&&v;if(y.startsWith("SESSION_"))return o(X.Provider,{
value:{...i,leave:Y},children:o(re,{failure:{reason:y,owner:"END_USER",phase:"",reference:""}})});let W=s.t("manage_titl\
e");return o(X.Provider,{value:{...i,leave:Y},children:[o(E,{name:W,title:W,actions:e.integrations.length>0&&o(w,{kind:l?.
length?"secondary":"primary",wide:!0,busy:m==="new",onClick:()=>{te("new")},children:s.t(l?.length?"manage_new":"choose_\
title")}),children:[o("p",{class:"lead",children:s.t("manage_lead",{app:c})}),y&&o(j,{kind:"danger",title:s.t(pe(y).title),
children:o(w,{onClick:()=>{C()},children:s.t("try_again")})}),l?.length===0&&o("p",{class:"nothing",children:s.t("manage\
_empty")}),o("ul",{class:"owned","aria-busy":!l,children:l?.map(P=>o(jn,{own:P,busy:m===P.id,mend:()=>{te(P.id,P.id)},end:()=>_(
P)},P.id))})]}),p&&o(de,{title:s.t("manage_end_title",{provider:p.name}),onClose:()=>_(void 0),actions:o(k,{children:[o(
w,{kind:"danger",onClick:()=>{_(void 0),fe(p)},children:s.t("manage_end")}),o(w,{onClick:()=>_(void 0),children:s.t("man\
age_keep")})]}),children:o("p",{children:s.t("manage_end_body",{app:c,provider:p.name})})})]})}function jn({own:t,busy:e,
mend:n,end:r}){let{texts:i}=b(),{name:s,account:c,state:a,ended:l,scopes_left_out:f,mendable:p}=t,_=u=>new Intl.DateTimeFormat(
i.locale,{dateStyle:"medium"}).format(u),m=a==="connected"&&f,d=a==="ended"?i.t("reconnect_ended",{provider:s,date:_(l?.[1]??
0)}):a==="failing"?i.t("manage_failing"):m?i.t("manage_partial"):i.t("manage_since",{date:_(t.created_at)});return o("li",
{class:"own",children:[o(V,{name:s}),o("div",{class:"own-said",children:[o("h2",{children:s}),c&&o("p",{children:c}),o("\
p",{class:`own-state own-${m?"partial":a}`,children:[o(x,{name:a==="connected"&&!m?"check":"alert",size:16}),o("span",{children:d})]}),
o("div",{class:"own-ways",children:[p&&o(w,{kind:a==="ended"?"primary":"secondary",busy:e,onClick:n,"aria-label":`${i.t(
m?"manage_more":"manage_again")}: ${s}`,children:i.t(m?"manage_more":"manage_again")}),o(w,{kind:"quiet",onClick:r,"aria\
-label":`${i.t("manage_end")}: ${s}`,children:i.t("manage_end")})]})]})]})}var ln={loading:"Loading",app_fallback:"the app you came from",back:"Back",close:"Close",cancel:"Cancel",optional:"optio\
nal",show_value:"Show",hide_value:"Hide",help:"Help",try_again:"Try again",done:"Done",copy:"Copy",copied:"Copied",encrypted:"\
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
ou can close this window",window_done_body:"The page you came from goes on by itself."};var Yn=["en","de","es","fr","ja","ar"];async function rt(t,e={}){let n=Ze(t?[t]:navigator.languages,Yn),r=n==="en"?{}:await Zn(
n);return Ye(n,ln,r,e[n])}async function Zn(t){try{return await(await fetch(new URL(`../locales/connect/${t}.json`,import.meta.
url))).json()}catch{return{}}}var O=Ue(),dn=document.getElementById("app");function G(t,e=o(Fe,{})){if(!dn)return;let{texts:n}=t;document.getElementById(
"plain")?.remove(),document.documentElement.lang=n.locale,document.documentElement.dir=n.direction,wt(o(X.Provider,{value:t,
children:[e,o(Xe,{})]}),dn)}function st(t){return{boot:O,texts:t,app:O.app_name??t.t("app_fallback")}}function Ie(t,e){G(
t,o(re,{failure:{reason:e,owner:"END_USER",phase:"",reference:""}}))}async function Jn(t){let e=new Q(O.session??"",{form_token:O.
form_token??""}),n=await e.read(),r={windows:!1,environment:""};if(n.intent==="manage")return G(t,o(it,{client:e,session:n,
place:r}));let i=await ee.begin(e,n,{...r,host:jt(e.id)});G({...t,flow:i,returnTo:qt(O.session??"",O.return_urls??[])})}
async function pn(t,e){let n;try{n=await e(O.allowed_origins??[])}catch{return Ie(st(t),"NOT_ALLOWED_HERE")}let{wishes:r}=n,
i=r.locale?await rt(O.locale??r.locale,O.texts):t,s=st(i);r.appearance&&ke(r.appearance),document.body.classList.toggle(
"whole",r.whole===!0);let c=O.mode==="frame"?decodeURIComponent(location.pathname.split("/").pop()??""):"",a,l,f={},p=async m=>{
try{let d=await Q.open(m,c);if(l=d.client,d.session.intent==="manage"){let u={windows:!0,host:n,environment:c};return G(
s,o(it,{client:l,session:d.session,place:u,handle:f},l.id))}a=await ee.begin(d.client,d.session,{windows:!0,host:n,environment:c}),
G({...s,flow:a})}catch(d){let u=d instanceof A?d.reason:"INTERNAL";n.tell({type:"outcome",outcome:{status:"failed",session:l?.
id,reason:u,owner:"END_USER"}}),Ie(s,u)}},_=()=>a?a.leave():f.leave?f.leave():n.tell({type:"close"});n.listen(m=>{m.type===
"close"&&_(),m.type==="token"&&(a?a.renew(m.token):p(m.token)),m.type==="appearance"&&ke(m.appearance)}),addEventListener(
"keydown",m=>{m.key==="Escape"&&!m.defaultPrevented&&!document.querySelector("dialog[open]")&&_()}),new ResizeObserver(()=>n.
tell({type:"size",height:Math.ceil(document.body.scrollHeight)})).observe(document.body),n.tell({type:"ready"}),await p(
r.token)}async function Xn(t){let{texts:e}=t;G(t,o(E,{center:!0,name:e.t("window_title"),title:e.t("opening_body"),mark:o(
"span",{class:"spinner","aria-hidden":"true"})}));let n=await Dt();if(!n){G(t,o(E,{center:!0,name:e.t("window_lost_title"),
title:e.t("window_lost_title"),children:o("p",{class:"lead",children:e.t("window_lost_body")})}));return}let{session:r,binding:i,
attempt:s,url:c}=n;await ie("/connect/api/window",{body:{session:r,binding:i,attempt:s}}),location.replace(c)}function Qn(t){
let{texts:e}=t;G(t,o(E,{center:!0,name:e.t("window_done_title"),title:e.t("window_done_title"),mark:o("span",{class:"emb\
lem emblem-neutral"}),children:o("p",{class:"lead",children:e.t("window_done_body")})})),window.close()}async function eo(){
if(O.mode==="open"&&zt())return;let t=await rt(O.locale,O.texts),e=st(t);try{O.mode==="hosted"?await Jn(e):O.mode==="fra\
me"?await pn(t,$t):O.mode==="compat"?await pn(t,Wt):O.mode==="window"?await Xn(e):O.mode==="done"?Qn(e):Ie(e,O.problem??
"SESSION_UNKNOWN")}catch(n){if(Ie(e,n instanceof A?n.reason:"INTERNAL"),!(n instanceof A))throw n}}eo();
