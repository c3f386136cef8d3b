var n,t,r,u,i,f,o,e,l,c,a,s,h=Symbol.for("pv"),p={},y=[],v=/^m(i|n|o|s|text|space)$/,w=Array.isArray,d=y.slice,_=Object.
assign;function g(n3){n3&&n3.parentNode&&n3.remove()}function k(n3,t4,r4){var u4,i4,f5,o5={},e4=arguments.length;for(f5 in t4)
f5=="key"?u4=t4[f5]:f5=="ref"&&typeof n3!="function"?i4=t4[f5]:o5[f5]=t4[f5];return e4>2&&(o5.children=e4>3?d.call(arguments,
2):r4),m(n3,o5,u4,i4,null)}function b(n3,t4,r4){var u4,i4,f5,o5=_({},n3.props),e4=arguments.length;for(f5 in t4)f5=="key"?
u4=t4[f5]:f5=="ref"&&typeof n3.type!="function"?i4=t4[f5]:o5[f5]=t4[f5];return e4>2&&(o5.children=e4>3?d.call(arguments,
2):r4),m(n3.type,o5,u4!==void 0?u4:n3.key,i4!==void 0?i4:n3.ref,null)}function m(r4,u4,i4,f5,o5){var e4={type:r4,props:u4,
key:i4,ref:f5,__k:null,__:null,__b:0,__e:null,__c:null,constructor:h,__v:o5||++t,__i:-1,__u:0};return!o5&&n.vnode&&n.vnode(
e4),e4}function $(n3){return n3.children}function x(n3,t4){this.props=n3,this.context=t4,this.__g=0}function S(n3,t4){if(t4==null)
return n3.__&&S(n3.__,n3.__i+1);for(var r4;t4<n3.__k.length;t4++)if((r4=n3.__k[t4])&&r4.__e)return r4.__e;return typeof n3.
type!="function"||n3.props.__P?null:S(n3)}function C(t4){var r4,u4=t4.__v,i4=u4.__e,f5=[],o5=[],e4=t4.__P;e4&&((r4=_({constructor:h},
u4)).__v=u4.__v+1,n.vnode&&n.vnode(r4),z(e4,r4,u4,t4.__n,e4.namespaceURI,32&u4.__u?[i4]:null,f5,i4||S(u4),32&u4.__u,o5),
r4.__v=u4.__v,r4.__.__k[r4.__i]=r4,E(f5,r4,o5),u4.__=u4.__e=null,r4.__e!=i4&&j(r4))}function j(n3){if((n3=n3.__)&&n3.__c&&
!n3.props.__P)return n3.__e=null,n3.__k.some(function(t4){return t4&&(n3.__e=t4.__e)}),j(n3)}function L(t4){(8&t4.__g||(t4.
__g|=8,u.push(t4),f++))&&i==n.debounceRendering||((i=n.debounceRendering)||queueMicrotask)(H)}function H(){try{for(var n3,
t4=1;u.length;)u.length>t4&&u.sort(o),n3=u.shift(),t4=u.length,8&n3.__g&&C(n3)}finally{(f=u.length)&&(i||queueMicrotask)(
H)}}function I(n3,t4,r4,u4,i4,f5,o5,e4,l4,c4,a5){var s4,h5,v4,w5,d5,_4,g5=u4.__k||y,k4=t4.length;for(l4=q(r4,t4,g5,l4,k4),
s4=0;s4<k4;s4++)(v4=r4.__k[s4])!=null&&(h5=~v4.__i&&g5[v4.__i]||p,v4.__i=s4,_4=z(n3,v4,h5,i4,f5,o5,e4,l4,c4,a5),w5=v4.__e,
(h5.ref!=v4.ref||8&h5.__u)&&(h5.ref&&G(h5.ref,null,v4,h5),v4.ref&&a5.push(v4.ref,v4.__c||w5,v4)),d5=d5||w5,4&v4.__u?(l4=
A(v4,l4,n3,!h5.__v),h5.__e&&(h5.__e=null)):typeof v4.type=="function"&&_4!==void 0?l4=_4:w5&&(l4=w5.nextSibling),v4.__u&=
-21);return r4.__e=d5,l4}function q(n3,t4,r4,u4,i4){var f5,o5,e4,l4,c4,a5,s4,p5,y5,v4=r4.length,d5=v4,_4=0,g5=0,k4=n3.__k=
Array(i4);for(f5=0;f5<i4;f5++)(o5=t4[f5])!=null&&typeof o5!="boolean"&&typeof o5!="function"?(typeof o5!="object"||o5.constructor===
String?o5=k4[f5]=m(null,o5):w(o5)?o5=k4[f5]=m($,{children:o5}):o5.constructor===h&&o5.__b?o5=k4[f5]=m(o5.type,o5.props,o5.
key,o5.ref,o5.__v):k4[f5]=o5,l4=f5+_4,o5.__=n3,o5.__b=n3.__b+1,e4=null,~(c4=o5.__i=P(o5,r4,l4,d5))&&(d5--,(e4=r4[c4])&&(e4.
__u|=2)),e4&&e4.__v?(o5.__u|=16,c4==l4-1?_4--:c4==l4+1?_4++:c4!=l4&&(c4>l4?_4--:_4++,g5=1)):(~c4||(i4>v4?_4--:i4<v4&&_4++),
typeof o5.type!="function"&&(o5.__u|=4))):k4[f5]=null;if(g5){for(a5=[],s4=[],f5=0;f5<i4;f5++)if((o5=k4[f5])&&16&o5.__u){
for(_4=0,p5=a5.length;_4<p5;)a5[y5=_4+p5>>1]<o5.__i?_4=y5+1:p5=y5;a5[_4]=o5.__i,s4[f5]=_4+1}for(_4=a5.length;f5--;)s4[f5]&&
(s4[f5]==_4?_4--:k4[f5].__u|=4)}if(d5)for(f5=0;f5<v4;f5++)!(e4=r4[f5])||2&e4.__u||(e4.__e==u4&&(u4=S(e4)),J(e4,e4));return u4}
function A(n3,t4,r4,u4){var i4,f5,o5,e4;if(typeof n3.type=="function"){if(n3.props.__P)return t4;if(i4=n3.__k)for(f5=0;f5<
i4.length;f5++)i4[f5]&&(i4[f5].__=n3,t4=A(i4[f5],t4,r4,!1));return t4}for(t4&&!t4.parentNode&&(t4=S(n3))&&!t4.parentNode&&
(t4=null),o5=n3.__e,e4=t4;e4&&e4.nodeType==8;)e4=e4.nextSibling;for(o5!=e4&&(!u4&&r4.moveBefore&&o5.parentNode?r4.moveBefore(
o5,t4):r4.insertBefore(o5,t4||null)),t4=o5;(t4=t4&&t4.nextSibling)&&t4.nodeType==8&&!t4.data.startsWith("$s"););return t4}
function O(n3,t4){return t4=t4||[],n3!=null&&typeof n3!="boolean"&&(w(n3)?n3.some(function(n4){O(n4,t4)}):t4.push(n3)),t4}
function P(n3,t4,r4,u4){var i4,f5=n3.key,o5=n3.type,e4=t4[r4],l4=e4&&!(2&e4.__u);if(e4===null&&f5==null||l4&&f5==e4.key&&
o5==e4.type)return r4;if(u4>(l4?1:0)){for(i4=r4-1;i4>=0;i4--)if((e4=t4[i4])&&!(2&e4.__u)&&f5==e4.key&&o5==e4.type)return i4;
for(i4=r4+1;i4<t4.length;i4++)if((e4=t4[i4])&&!(2&e4.__u)&&f5==e4.key&&o5==e4.type)return i4}return-1}function T(n3,t4,r4){
r4==null&&(r4=""),t4[0]=="-"?n3.setProperty(t4,r4):n3[t4]=r4}function N(n3,t4,r4,u4,i4){var f5,o5;if(t4=="style")if(typeof r4==
"string")n3.style.cssText=r4;else{if(typeof u4=="string"&&(n3.style.cssText=u4=""),u4)for(t4 in u4)r4&&t4 in r4||T(n3.style,
t4);if(r4)for(t4 in r4)u4&&r4[t4]==u4[t4]||T(n3.style,t4,r4[t4])}else if(t4[0]=="o"&&t4[1]=="n")typeof r4!="function"&&(r4=
null),typeof u4!="function"&&(u4=null),(n3.__e||(n3.__e={}))[t4]=r4,r4&&u4||(o5=a[t4]||(a[t4]=V(t4)),(n3.__a||(n3.__a={}))[t4]=
c,f5=t4!=(t4=t4.replace(l,"$1")),(t4=t4.slice(2))[0]<"a"&&(t4=t4.toLowerCase()),r4?n3.addEventListener(t4,o5,f5):n3.removeEventListener(
t4,o5,f5));else{if(i4=="http://www.w3.org/2000/svg")t4=t4.replace(/xlink(H|:h)/,"h").replace(/sName$/,"s");else if(t4!="\
width"&&t4!="height"&&t4!="href"&&t4!="list"&&t4!="form"&&t4!="tabIndex"&&t4!="download"&&t4!="rowSpan"&&t4!="colSpan"&&
t4!="role"&&t4!="popover"&&t4 in n3)try{return void(n3[t4]=r4??"")}catch{}if(typeof r4=="function")return;r4==null||r4===
!1&&t4[4]!="-"?n3.removeAttribute(t4):n3.setAttribute(t4,t4=="popover"&&r4==1?"":r4)}}function V(t4){return function(r4){
var u4=this.__e;if(u4){if(u4=u4[t4],r4[e]==null)r4[e]=c++;else if(r4[e]<this.__a[t4])return;return u4(n.event?n.event(r4):
r4)}}}function z(t4,r4,u4,i4,f5,o5,e4,l4,c4,a5){var s4,p5,v4,d5,k4,b5,m5,M2,C3,j4,L2,H2,q2,A4,O3,P2,T4,N2,V2=r4.type;if(r4.
constructor!==h)return null;128&u4.__u&&(c4=32&u4.__u,s4=u4.__c.__z)&&(r4.__u|=c4,p5=o5=[],s4.nodeType==8?l4=B(s4,o5):o5.
push(s4),l4=o5[0]||l4),(s4=n.__b)&&s4(r4);n:if(typeof V2=="function"){v4=e4.length;try{if(M2=r4.props,C3=(s4=V2.prototype)&&
s4.render,j4=(s4=V2.contextType)&&i4[s4.__c],L2=s4?j4?j4.props.value:s4.__:i4,(d5=u4.__c)?(r4.__c=d5,2&d5.__g&&(d5.__g|=
1)):(C3?r4.__c=d5=new V2(M2,L2):(r4.__c=d5=new x(M2,L2),d5.constructor=V2,d5.render=K),j4&&j4.sub(d5),d5.state||(d5.state=
{}),d5.__n=i4,d5.__g|=8,d5.__h=[],d5.__k=[]),C3&&(d5.__s||(d5.__s=d5.state),V2.getDerivedStateFromProps&&(d5.__s==d5.state&&
(d5.__s=_({},d5.__s)),_(d5.__s,V2.getDerivedStateFromProps(M2,d5.__s)))),k4=d5.props,b5=d5.state,d5.__v=r4,u4.__c){if(M2!==
k4&&C3&&!V2.getDerivedStateFromProps&&d5.componentWillReceiveProps&&d5.componentWillReceiveProps(M2,L2),r4.__v==u4.__v&&
!(8&d5.__g)||!(4&d5.__g)&&d5.shouldComponentUpdate&&d5.shouldComponentUpdate(M2,d5.__s,L2)===!1){r4.__v!=u4.__v&&(d5.props=
M2,d5.state=d5.__s,d5.__g&=-9),r4.__e=u4.__e,r4.__k=u4.__k,r4.__k.some(function(n3){n3&&(n3.__=r4)}),y.push.apply(d5.__h,
d5.__k),d5.__k=[],d5.__h.length&&e4.push(d5),l4=S(u4);break n}d5.componentWillUpdate&&d5.componentWillUpdate(M2,d5.__s,L2),
C3&&d5.componentDidUpdate&&d5.__h.push(function(){d5.componentDidUpdate(k4,b5,m5)})}else C3&&!V2.getDerivedStateFromProps&&
d5.componentWillMount&&d5.componentWillMount(),C3&&d5.componentDidMount&&d5.__h.push(d5.componentDidMount);d5.context=L2,
d5.props=M2,d5.__P=t4,d5.__g&=-5,H2=n.__r,q2=C3?25:0;do d5.__g&=-9,H2&&H2(r4),s4=d5.render(d5.props,d5.state=d5.__s,d5.context);while(8&
d5.__g&&++q2<25);C3&&(y.push.apply(d5.__h,d5.__k),d5.__k=[]),d5.state=d5.__s,d5.getChildContext&&(i4=_({},i4,d5.getChildContext())),
C3&&u4.__c&&d5.getSnapshotBeforeUpdate&&(m5=d5.getSnapshotBeforeUpdate(k4,b5)),A4=s4&&s4.type===$&&s4.key==null?s4.props.
children:s4,M2.__P&&(s4=l4,f5=(t4=M2.__P).namespaceURI,c4=o5=null,u4.props&&u4.props.__P!=t4&&(u4.__k.some(function(n3){
n3&&J(n3,n3)}),u4.__k=null),l4=u4.__k?S(u4,0):null),l4=I(t4,w(A4)?A4:[A4],r4,u4,i4,f5,o5,e4,l4,c4,a5),M2.__P&&(r4.__e=null,
l4=s4),r4.__u&=-161,p5&&p5.some(g),d5.__h.length&&e4.push(d5),1&d5.__g&&(d5.__g&=-4)}catch(t5){if(e4.length=v4,r4.__v=null,
c4||o5)if(t5&&t5.then){if(r4.__u|=128|c4,o5){for(~(T4=o5.indexOf(l4||void 0))||(T4=o5.length);(N2=o5[T4-1])&&N2.nodeType==
8;)T4--;for(;T4<o5.length;T4++)if(N2=o5[T4])if(o5[T4]=null,O3){if(N2==P2)break}else{if(N2.nodeType!=8)break;N2.data.startsWith(
"$s")&&(P2=B(O3=N2))}}if(!O3){for(;l4&&l4.nodeType==8&&l4.nextSibling;)l4=l4.nextSibling;O3=l4}(s4=B(O3=r4.__c.__z||(r4.
__c.__z=O3)))?(r4.__e=O3,l4=s4):r4.__e=l4,l4=l4&&l4.nextSibling}else o5&&o5.some(g);else r4.__e=u4.__e;r4.__k||(r4.__k=u4.
__k||[]),t5&&t5.then||D(r4),n.__e(t5,r4,u4)}}else l4=r4.__e=F(u4.__e,r4,u4,i4,f5,o5,e4,c4,a5,t4);return(s4=n.diffed)&&s4(
r4),l4}function B(n3,t4){if(n3&&n3.nodeType==8&&n3.data.startsWith("$s"))for(var r4=1;n3=n3.nextSibling;){if(n3.nodeType==
8){if(n3.data.startsWith("$s"))r4++;else if(n3.data.startsWith("/$s")&&!--r4)return n3}t4&&t4.push(n3)}}function D(n3){n3&&
(n3.__c&&(n3.__c.__g|=4),n3.__k&&n3.__k.some(D))}function E(t4,r4,u4){for(var i4=0;i4<u4.length;)G(u4[i4++],u4[i4++],u4[i4++]);
n.__c&&n.__c(r4,t4),t4.some(function(r5){try{t4=r5.__h,r5.__h=[],t4.some(function(n3){n3.call(r5)})}catch(t5){n.__e(t5,r5.
__v)}})}function F(t4,r4,u4,i4,f5,o5,e4,l4,c4,a5){var s4,h5,y5,_4,k4,b5,m5,M2,$2=u4.props||p,x3=r4.props,C3=r4.type;if(C3==
"svg"?f5="http://www.w3.org/2000/svg":C3=="math"?f5="http://www.w3.org/1998/Math/MathML":f5||(f5="http://www.w3.org/1999\
/xhtml"),o5){for(s4=0;s4<o5.length;s4++)if((k4=o5[s4])&&(C3?k4.localName==C3:k4.nodeType==3)){t4=k4,o5[s4]=null;break}}if(!t4){
if(M2=a5.ownerDocument||document,!C3)return M2.createTextNode(x3);t4=M2.createElementNS(f5,C3,x3.is?x3:a5),l4&&(n.__m&&n.
__m(r4,o5),l4=!1),o5=null}if(C3){if(a5=C3=="template"&&t4.content||t4,o5=C3=="textarea"&&x3.defaultValue!=null?null:o5&&
d.call(a5.childNodes),!l4&&o5)for($2={},s4=0;s4<t4.attributes.length;s4++)$2[(k4=t4.attributes[s4]).name]=k4.value;for(s4 in $2)
k4=$2[s4],s4=="dangerouslySetInnerHTML"?y5=k4:s4=="children"||s4 in x3||s4=="value"&&"defaultValue"in x3||s4=="checked"&&
"defaultChecked"in x3||N(t4,s4,null,k4,f5);for(s4 in x3)k4=x3[s4],s4=="children"?_4=k4:s4=="dangerouslySetInnerHTML"?h5=
k4:s4=="value"?b5=k4:s4=="checked"?m5=k4:l4&&typeof k4!="function"||$2[s4]===k4||N(t4,s4,k4,$2[s4],f5);h5?(l4||y5&&(h5.__html==
y5.__html||h5.__html==t4.innerHTML)||(t4.innerHTML=h5.__html),r4.__k=[]):(y5&&(t4.textContent=""),(C3=="foreignObject"||
f5=="http://www.w3.org/1998/Math/MathML"&&v.test(C3))&&(f5="http://www.w3.org/1999/xhtml"),I(a5,w(_4)?_4:[_4],r4,u4,i4,f5,
o5,e4,o5?o5[0]:u4.__k&&S(u4,0),l4,c4),o5&&o5.some(g)),l4&&C3!="textarea"||(s4="value",C3=="progress"&&b5==null?t4.removeAttribute(
s4):b5==null||b5===t4[s4]&&(C3!="progress"||b5)||N(t4,s4,b5,$2[s4],f5),s4="checked",m5!=null&&m5!=t4[s4]&&N(t4,s4,m5,$2[s4],
f5))}else $2===x3||l4&&t4.data==x3||(t4.data=x3);return t4}function G(t4,r4,u4,i4){try{typeof t4=="function"?r4?r4.__x=t4(
r4)||1:i4&&(i4=i4.__c||i4.__e)&&(r4=i4.__x)&&(i4.__x=null,typeof r4=="function"?r4():t4(null)):t4.current=r4}catch(t5){n.
__e(t5,u4)}}function J(t4,r4,u4){var i4,f5,o5,e4;if(n.unmount&&n.unmount(t4),!(i4=t4.ref)||i4.current&&i4.current!=t4.__e||
G(i4,null,r4,t4),i4=t4.__c){if(i4.componentWillUnmount)try{i4.componentWillUnmount()}catch(t5){n.__e(t5,r4)}i4.__P=i4.__n=
null}if(i4=t4.__k)for(e4=0;e4<i4.length;e4++)i4[e4]&&J(i4[e4],r4,typeof t4.type!="function"||u4&&!t4.props.__P);!u4&&(i4=
t4.__c)&&(i4=i4.__z)&&(f5=B(i4,o5=[]))&&(i4==t4.__e&&o5.some(g),g(f5),g(i4)),u4||g(t4.__e),t4.__e=t4.__c=t4.__=null}function K(n3,t4,r4){
return this.constructor(n3,r4)}function Q(t4,r4){var u4,i4,f5,o5;n.__&&n.__(t4,r4),r4.nodeType==9&&(r4=r4.documentElement),
i4=(u4=t4&&32&t4.__u)?null:r4.__k,r4.__k=m($,{children:[t4]}),f5=[],o5=[],z(r4,r4.__k,i4||p,p,r4.namespaceURI,i4?null:r4.
firstChild?d.call(r4.childNodes):null,f5,i4?i4.__e:r4.firstChild,u4,o5),E(f5,r4.__k,o5),r4.__k.props.children=null}function U(n3){function t4(n4){var r4,u4;return this.getChildContext||(r4=new Set,(u4={})[t4.__c]=this,this.getChildContext=
function(){return u4},this.shouldComponentUpdate=function(n5){this.props.value!=n5.value&&r4.forEach(function(n6){n6.__g|=
4,L(n6)})},this.sub=function(n5){r4.add(n5);var t5=n5.componentWillUnmount;n5.componentWillUnmount=function(){r4.delete(
n5),t5&&t5.call(n5)}}),n4.children}return t4.__c="__cC"+s++,t4.__=n3,t4.Provider=(t4.Consumer=function(n4,t5){return n4.
children(t5)}).contextType=t4,t4}n={__e:function(n3,t4,r4,u4){for(var i4,o5,e4;t4=t4.__;)if((i4=t4.__c)&&!(1&i4.__g)){i4.__g|=4;try{if((e4=(o5=i4.constructor)&&
o5.getDerivedStateFromError)&&i4.setState(o5.getDerivedStateFromError(n3)),i4.componentDidCatch&&(i4.componentDidCatch(n3,
u4||{}),e4=1),e4&&8&i4.__g)return void(i4.__g|=2)}catch(t5){n3=t5}}throw f=0,n3}},t=0,r=function(n3){return n3!=null&&n3.
constructor===h},x.prototype.setState=function(n3,t4){var r4=this.__s;r4&&r4!=this.state||(r4=this.__s=_({},this.state)),
typeof n3=="function"&&(n3=n3(_({},r4),this.props)),n3&&(_(r4,n3),this.__v&&(t4&&this.__k.push(t4),L(this)))},x.prototype.
forceUpdate=function(n3){this.__v&&(this.__g|=4,n3&&this.__h.push(n3),L(this))},x.prototype.render=$,u=[],f=0,o=function(n3,t4){
return n3.__v.__b-t4.__v.__b},e=Symbol(),l=/(PointerCapture)$|Capture$/i,c=0,a={},s=0;var APPEARANCE_EVENT="appearance";function wearAppearance(appearance2){dispatchEvent(new CustomEvent(APPEARANCE_EVENT,{detail:appearance2}))}var f2=Symbol.for("pv"),o2=0;function a2(t4,e4,n3,u4,a5,i4){e4||(e4={});var c4,l4,p5=e4;if("ref"in p5&&typeof t4!="function")for(l4 in p5={},e4)l4=="\
ref"?c4=e4[l4]:p5[l4]=e4[l4];var s4={type:t4,props:p5,key:n3,ref:c4,__k:null,__:null,__b:0,__e:null,__c:null,constructor:f2,
__v:--o2,__i:-1,__u:0};return(a5||i4)&&(s4.__source=a5,s4.__self=i4),n.vnode&&n.vnode(s4),s4}var PATHS={alert:"M10 6.5v4.2m0 2.8h.01M8.6 3.4 2.5 14a1.6 1.6 0 0 0 1.4 2.4h12.2a1.6 1.6 0 0 0 1.4-2.4L11.4 3.4a1.6 1.6\
 0 0 0-2.8 0Z",arrow:"M4 10h12m-5-5 5 5-5 5",back:"M16 10H4m5-5-5 5 5 5",check:"m4.5 10.5 3.6 3.6 7.4-8",chevron:"m7.5 4\
.5 5.5 5.5-5.5 5.5",close:"m5 5 10 10M15 5 5 15",copy:"M7.5 7.5V5A1.5 1.5 0 0 1 9 3.5h6A1.5 1.5 0 0 1 16.5 5v6a1.5 1.5 0\
 0 1-1.5 1.5h-2.5M5 7.5h6A1.5 1.5 0 0 1 12.5 9v6a1.5 1.5 0 0 1-1.5 1.5H5A1.5 1.5 0 0 1 3.5 15V9A1.5 1.5 0 0 1 5 7.5Z",external:"\
M11.5 3.5h5v5m0-5-7 7M8 4.5H5A1.5 1.5 0 0 0 3.5 6v9A1.5 1.5 0 0 0 5 16.5h9a1.5 1.5 0 0 0 1.5-1.5v-3",eye:"M2 10s2.9-5.5 \
8-5.5S18 10 18 10s-2.9 5.5-8 5.5S2 10 2 10Zm8 2.4a2.4 2.4 0 1 0 0-4.8 2.4 2.4 0 0 0 0 4.8Z","eye-off":"M8 4.8A8 8 0 0 1 \
10 4.5c5.1 0 8 5.5 8 5.5a14 14 0 0 1-2 2.6M5 6.2A13 13 0 0 0 2 10s2.9 5.5 8 5.5a8 8 0 0 0 4-1.1M8.3 8.3a2.4 2.4 0 0 0 3.\
4 3.4M3 3l14 14",info:"M10 9v4.5M10 6.5h.01M10 17.5a7.5 7.5 0 1 0 0-15 7.5 7.5 0 0 0 0 15Z",link:"M8.5 11.5a3 3 0 0 0 4.\
3 0l2.8-2.8a3 3 0 0 0-4.3-4.3l-1 1M11.5 8.5a3 3 0 0 0-4.3 0l-2.8 2.8a3 3 0 0 0 4.3 4.3l1-1",lock:"M6.5 9V6.5a3.5 3.5 0 0\
 1 7 0V9M5 9h10a1.5 1.5 0 0 1 1.5 1.5V15a1.5 1.5 0 0 1-1.5 1.5H5A1.5 1.5 0 0 1 3.5 15v-4.5A1.5 1.5 0 0 1 5 9Z",refresh:"\
M16.5 10a6.5 6.5 0 1 1-2-4.7l2 1.9m0-3.7v3.7h-3.7",search:"m16.5 16.5-3.7-3.7M14.5 9a5.5 5.5 0 1 1-11 0 5.5 5.5 0 0 1 11\
 0Z",window:"M4.5 4h11A1.5 1.5 0 0 1 17 5.5v9a1.5 1.5 0 0 1-1.5 1.5h-11A1.5 1.5 0 0 1 3 14.5v-9A1.5 1.5 0 0 1 4.5 4ZM3 8\
h14"};function Icon({name:name2,size=20}){return a2("svg",{class:`icon icon-${name2}`,width:size,height:size,viewBox:"0 \
0 20 20",fill:"none",stroke:"currentColor","stroke-width":"1.6","stroke-linecap":"round","stroke-linejoin":"round","aria\
-hidden":"true",children:a2("path",{d:PATHS[name2]})})}function Button({kind="secondary",icon,busy=!1,wide=!1,children,onClick,...rest}){return a2("button",{type:"button",...rest,
class:`button button-${kind}${wide?" wide":""}`,"aria-disabled":busy||void 0,"aria-busy":busy||void 0,onClick:event=>{busy?
event.preventDefault():onClick?.(event)},children:[busy?a2(Spinner,{}):icon&&a2(Icon,{name:icon,size:18}),a2("span",{children})]})}function Spinner(){return a2("span",{class:"spinner","aria-hidden":"true"})}var t2,r2,u2,i2,o3=Object.is,f3=0,c2=[],e2=[],a3=n,v2=a3.__b,l2=a3.__r,m2=a3.diffed,h2=a3.__c,s2=a3.unmount,p2=a3.__;function y2(n3,t4){
a3.__h&&a3.__h(r2,n3,f3||t4),f3=0;var u4=r2.__H||(r2.__H={__:[],__h:[]});return n3>=u4.__.length&&u4.__.push({}),u4.__[n3]}
function d2(n3){return f3=1,_2(G2,n3)}function _2(n3,u4,i4){var f5=y2(t2++,2);if(f5.t=n3,!f5.__c&&(f5.__=[i4?i4(u4):G2(void 0,
u4),function(n4){var t4=(f5.__N||f5.__)[0],r4=f5.t(t4,n4);o3(t4,r4)||(f5.__N=[r4,f5.__[1]],f5.__c.setState({}))}],f5.__c=
r2,!r2.__f)){r2.__f=!0;var c4=r2.shouldComponentUpdate;r2.shouldComponentUpdate=function(n4,t4,r4){var u5=this.__H;if(!u5)
return!0;var i5=!1,f6=this.props!=n4;if(u5.__.some(function(n5){n5.__N&&(i5=!0,o3(n5.__[0],n5.__N[0])||(f6=!0))}),c4){var e4=c4.
call(this,n4,t4,r4);return i5?e4||f6:e4}return!i5||f6}}return f5.__}function A2(n3,u4){var i4=y2(t2++,3);!a3.__s&&E2(i4.
__H,u4)&&(i4.__P=!0,i4.__=n3,i4.u=u4,r2.__H.__h.push(i4))}function F2(n3,u4){var i4=y2(t2++,4);!a3.__s&&E2(i4.__H,u4)&&(i4.
__P=!1,i4.__=n3,i4.u=u4,r2.__h.push(i4))}function T2(n3){return f3=5,w2(function(){return{current:n3}},[])}function w2(n3,r4){var u4=y2(t2++,7);return E2(u4.__H,r4)&&(u4.__=n3(),u4.__H=r4),u4.__}function b2(n3,t4){return f3=8,w2(
function(){return n3},t4)}function j2(n3){var u4=r2.context[n3.__c],i4=y2(t2++,9);return i4.c=n3,u4?(i4.__==null&&(i4.__=
!0,u4.sub(r2)),u4.props.value):n3.__}function g2(){var n3;do{for(;n3=e2.shift();)try{C2(n3)}catch(t5){a3.__e(t5,{__:(n3=n3.__P)&&n3.__v})}for(;n3=c2.shift();){
var t4=n3.__H;if(n3.__P&&t4)try{t4.__h.some(C2),t4.__h.some(D2),t4.__h=[]}catch(r4){t4.__h=[],a3.__e(r4,n3.__v)}}}while(e2.
length)}a3.__b=function(n3){r2=null,v2&&v2(n3)},a3.__=function(n3,t4){n3&&t4.__k&&t4.__k.__m&&(n3.__m=t4.__k.__m),p2&&p2(
n3,t4)},a3.__r=function(n3){l2&&l2(n3),t2=0;var i4=(r2=n3.__c).__H;i4&&(u2==r2?r2.__h=[]:(i4.__h.some(C2),i4.__h.some(D2),
t2=0),i4.__h=[],i4.__.some(function(n4){n4.__N&&(n4.__=n4.__N),n4.u=n4.__N=void 0})),u2=r2},a3.diffed=function(n3){m2&&m2(
n3);var t4=n3.__c;t4&&t4.__H&&(t4.__H.__h.length&&B2(c2.push(t4)),t4.__H.__.some(function(n4){n4.u&&(n4.__H=n4.u)})),u2=
r2=null},a3.__c=function(n3,t4){t4.some(function(n4){try{n4.__h.some(C2),n4.__h=n4.__h.filter(function(n5){return!n5.__||
D2(n5)})}catch(t5){n4.__h=[function(){throw t5}]}}),h2&&h2(n3,t4)},a3.unmount=function(n3){s2&&s2(n3);var t4,r4,u4=n3.__c;
u4&&u4.__H&&(u4.__H.__.some(function(u5){try{if(u5.__P&&u5.__c){if(r4===void 0){for(r4=n3.__;r4&&(!r4.__c||!r4.__c.__P);)
r4=r4.__;r4=r4&&r4.__c}u5.__P=r4,B2(e2.push(u5))}else C2(u5)}catch(n4){t4=n4}}),u4.__H=void 0,t4&&a3.__e(t4,u4.__v))};var k2=typeof requestAnimationFrame==
"function";function z2(n3){var t4,r4=function(){clearTimeout(u4),k2&&cancelAnimationFrame(t4),setTimeout(n3)},u4=setTimeout(
r4,35);k2&&(t4=requestAnimationFrame(r4))}function B2(n3){n3!=1&&i2==a3.requestAnimationFrame||((i2=a3.requestAnimationFrame)||
z2)(g2)}function C2(n3){var t4=r2,u4=n3.__c;typeof u4=="function"&&(n3.__c=void 0,u4()),r2=t4}function D2(n3){var t4=r2;
n3.__c=n3.__(),r2=t4}function E2(n3,t4){return!n3||n3.length!=t4.length||t4.some(function(t5,r4){return!o3(t5,n3[r4])})}
function G2(n3,t4){return typeof t4=="function"?t4(n3):t4}function Dialog({title,onClose,children,actions}){let dialog=T2(null);return A2(()=>{let before=document.activeElement;return dialog.
current?.showModal(),()=>before instanceof HTMLElement?before.focus():void 0},[]),a2("dialog",{ref:dialog,class:"dialog",
"aria-labelledby":"dialog-title",onCancel:event=>{event.preventDefault(),onClose()},children:[a2("h2",{id:"dialog-title",
children:title}),children,a2("div",{class:"actions",children:actions})]})}var HIDDEN={type:"password"},SHOWN={type:"text"};function Field(props){let{id,label,optional,help,error,hint}=props,described=[
help&&`${id}-help`,hint&&!error&&`${id}-hint`,error&&`${id}-error`].filter(Boolean).join(" ");return a2("div",{class:`fi\
eld${error?" has-error":""}`,children:[a2("label",{for:id,children:[label,optional&&a2("span",{class:"optional",children:optional})]}),
help&&a2("p",{class:"help",id:`${id}-help`,children:help}),a2(Control,{...props,described}),hint&&!error&&a2("p",{class:"\
hint",id:`${id}-hint`,children:[a2(Icon,{name:"info",size:16}),a2("span",{children:hint})]}),error&&a2("p",{class:"error",
id:`${id}-error`,children:[a2(Icon,{name:"alert",size:16}),a2("span",{children:error})]})]})}function Control({id,value,
onInput,optional,error,before,after,options,secret,multiline,input,described}){let[shown,show]=d2(!1),common={id,value,required:!optional,
"aria-invalid":error?"true":void 0,"aria-describedby":described||void 0,onInput:event=>onInput(event.currentTarget.value)};
return options?a2("div",{class:"control select",children:[a2("select",{...common,children:options.map(option=>a2("option",
{value:option.value,children:option.label},option.value))}),a2(Icon,{name:"chevron",size:16})]}):multiline?a2("textarea",
{...common,class:"control",rows:5,spellcheck:!1,autocomplete:"off"}):a2("div",{class:"control",children:[before&&a2("spa\
n",{class:"affix",children:before}),a2("input",{...secret&&!shown?HIDDEN:SHOWN,autocomplete:secret?"new-password":"off",
autocapitalize:"none",spellcheck:!1,...input,...common}),after&&a2("span",{class:"affix",children:after}),secret&&a2("bu\
tton",{type:"button",class:"icon-button","aria-pressed":shown,"aria-label":shown?secret.hide:secret.show,title:shown?secret.
hide:secret.show,"aria-controls":id,onClick:()=>show(!shown),children:a2(Icon,{name:shown?"eye-off":"eye"})})]})}var Problem=class extends Error{constructor(status,reason,message2,document2={}){super(message2);this.status=status;this.
reason=reason;this.document=document2}status;reason;document};async function send(path,{method,headers={},body,signal},accept){
let init={method:method??(body===void 0?"GET":"POST"),headers:{accept,...body===void 0?{}:{"content-type":"application/j\
son"},...headers},credentials:"same-origin",cache:"no-store"};body!==void 0&&(init.body=JSON.stringify(body)),signal&&(init.
signal=signal);let answer;try{answer=await fetch(path,init)}catch(error){throw signal?.aborted?error:new Problem(0,"NETW\
ORK","The server cannot be reached.")}if(answer.ok)return answer;let document2=await answer.json().catch(()=>({}));throw new Problem(
answer.status,String(document2.reason??"UNKNOWN"),String(document2.detail??answer.statusText),document2)}async function call(path,options={}){
let answer=await send(path,options,"application/json");return answer.status===204?void 0:await answer.json()}async function*events(path,options={}){
let answer=await send(path,options,"text/event-stream");if(!answer.body)return;let reader=answer.body.pipeThrough(new TextDecoderStream).
getReader(),rest="",next={id:"",event:"message",data:""};for(;;){let{done,value}=await reader.read();if(done)return;let lines=(rest+
value).split(/\r\n|\n|\r/);rest=lines.pop()??"";for(let line of lines){if(line===""){next.data&&(yield{...next,data:next.
data.replace(/\n$/,"")}),next={id:next.id,event:"message",data:""};continue}let[,field,text]=/^(\w+):? ?(.*)$/.exec(line)??
[];field==="data"?next.data+=`${text}
`:field==="event"?next.event=text??"":field==="id"&&(next.id=text??"")}}}function Logo({name:name2,src,size=40}){let letter=[...name2.trim()][0]?.toLocaleUpperCase()??"·",tint=[...name2].reduce(
(sum,sign)=>(sum*31+(sign.codePointAt(0)??0))%8,7);return a2("span",{class:`logo logo-${size>=48?"large":"small"} tint-${tint}`,
"aria-hidden":"true",children:src?a2("img",{src,alt:"",width:size,height:size}):letter})}var ICONS={info:"info",warning:"alert",danger:"alert",success:"check"};function Notice({kind="info",title,children}){return a2(
"div",{class:`notice notice-${kind}`,children:[a2(Icon,{name:ICONS[kind]??"info"}),a2("div",{children:[title&&a2("p",{class:"\
notice-title",children:title}),children]})]})}var listeners=new Set;function announce(text,kind="polite"){for(let listener of listeners)listener(kind,text)}function StatusRegions(){
let[said,say]=d2({polite:"",assertive:""});return A2(()=>{let listener=(kind,text)=>say(before=>({...before,[kind]:text}));
return listeners.add(listener),()=>{listeners.delete(listener)}},[]),a2($,{children:[a2("div",{class:"for-readers",role:"\
status",children:said.polite}),a2("div",{class:"for-readers",role:"alert",children:said.assertive})]})}function parse(hex){let short=/^#([0-9a-f])([0-9a-f])([0-9a-f])$/i.exec(hex.trim()),parts=/^#([0-9a-f]{2})([0-9a-f]{2})([0-9a-f]{2})$/i.
exec(hex.trim())??short?.map((part,at2)=>at2?part+part:part);if(parts)return[1,2,3].map(at2=>Number.parseInt(parts[at2]??
"0",16)/255)}function format(rgb){return`#${rgb.map(part=>Math.round(Math.min(1,Math.max(0,part))*255).toString(16).padStart(
2,"0")).join("")}`}var linear=part=>part<=.04045?part/12.92:((part+.055)/1.055)**2.4,gamma=part=>part<=.0031308?part*12.92:
1.055*part**(1/2.4)-.055;function luminance(rgb){let[r4,g5,b5]=rgb.map(linear);return .2126*r4+.7152*g5+.0722*b5}function contrast(one,other){
let[low,high]=[luminance(one),luminance(other)].sort((a5,b5)=>a5-b5);return(high+.05)/(low+.05)}function onColour(background){
let black=[0,0,0],white=[1,1,1];return contrast(background,white)>=contrast(background,black)?white:black}function toOklab([
red,green,blue]){let[r4,g5,b5]=[linear(red),linear(green),linear(blue)],l4=Math.cbrt(.4122214708*r4+.5363325363*g5+.0514459929*
b5),m5=Math.cbrt(.2119034982*r4+.6806995451*g5+.1073969566*b5),s4=Math.cbrt(.0883024619*r4+.2817188376*g5+.6299787005*b5);
return[.2104542553*l4+.793617785*m5-.0040720468*s4,1.9779984951*l4-2.428592205*m5+.4505937099*s4,.0259040371*l4+.7827717662*
m5-.808675766*s4]}function fromOklab([lightness,a5,b5]){let l4=(lightness+.3963377774*a5+.2158037573*b5)**3,m5=(lightness-
.1055613458*a5-.0638541728*b5)**3,s4=(lightness-.0894841775*a5-1.291485548*b5)**3;return[gamma(4.0767416621*l4-3.3077115913*
m5+.2309699292*s4),gamma(-1.2684380046*l4+2.6097574011*m5-.3413193965*s4),gamma(-.0041960863*l4-.7034186147*m5+1.707614701*
s4)]}function legible(colour,background,ratio){let away=luminance(background)>.18?-.02:.02,[lightness,a5,b5]=toOklab(colour),
shifted=parse(format(colour))??colour;for(;contrast(shifted,background)<ratio&&lightness>0&&lightness<1;)lightness+=away,
[a5,b5]=[a5*.985,b5*.985],shifted=parse(format(fromOklab([lightness,a5,b5])))??shifted;return shifted}function mix(one,other,share){
let[a5,b5]=[toOklab(one),toOklab(other)];return fromOklab([0,1,2].map(at2=>(a5[at2]??0)*share+(b5[at2]??0)*(1-share)))}var DEFAULTS={light:{primary:"#1f5fe0",surface:"#f5f6f8",surface_raised:"#ffffff",text:"#14171c",text_muted:"#59616e",border:"\
#d9dde4",focus:"#1f5fe0",danger:"#c0281d",warning:"#8a5a00",success:"#107a43",backdrop:"#10131a"},dark:{primary:"#7da6ff",
surface:"#0e1014",surface_raised:"#17191f",text:"#eef0f4",text_muted:"#a2aab8",border:"#2d323c",focus:"#8fb2ff",danger:"\
#ff8a7e",warning:"#f2bd57",success:"#5fd394",backdrop:"#000000"}};function derive(theme,scheme){let colour=colours(theme,
scheme),surface=colour("surface_raised"),canvas=colour("surface"),text=readable(colour("text"),[surface,canvas],7),muted=readable(
colour("text_muted"),[surface,canvas],4.6),primary=colour("primary"),properties={surface:canvas,"surface-raised":surface,
text,"text-muted":muted,border:colour("border"),"border-control":legible(colour("border"),surface,3.1),primary,"primary-\
hover":mix(primary,onColour(onColour(primary)),.88),"on-primary":onColour(primary),"primary-text":readable(primary,[surface,
canvas],4.6),"primary-quiet":mix(primary,surface,.1),focus:readable(colour("focus"),[surface,canvas],3.1),hover:mix(text,
surface,.05),backdrop:colour("backdrop")};for(let kind of["danger","warning","success"]){let quiet=mix(colour(kind),surface,
.1);properties[`${kind}-quiet`]=quiet,properties[kind]=readable(colour(kind),[surface,canvas,quiet],4.6)}let named=Object.
entries(properties).map(([name2,rgb])=>[`--${name2}`,format(rgb)]);return{...Object.fromEntries(named),...lengths(theme)}}
function report(theme,scheme){let colour=colours(theme,scheme),surface=colour("surface_raised"),of=(name2,rgb,wanted)=>({
name:name2,ratio:contrast(rgb,surface),wanted});return[of("text",colour("text"),4.5),of("text_muted",colour("text_muted"),
4.5),{name:"primary",ratio:contrast(colour("primary"),onColour(colour("primary"))),wanted:4.5},of("focus",colour("focus"),
3),of("border_control",colour("border"),3),of("danger",colour("danger"),4.5),of("warning",colour("warning"),4.5),of("suc\
cess",colour("success"),4.5)]}function colours(theme,scheme){return name2=>parse(theme[scheme]?.[name2]??"")??parse(DEFAULTS[scheme][name2])??
[0,0,0]}function readable(colour,backgrounds,ratio){return backgrounds.reduce((shifted,background)=>legible(shifted,background,
ratio),colour)}function lengths(theme){let px=(value,least,most,otherwise)=>`${Math.min(most,Math.max(least,value??otherwise))}\
px`,compact=theme.density==="compact",properties={"--font-size":px(theme.font_size,13,20,15),"--radius-control":px(theme.
radius_control,0,24,9),"--radius-card":px(theme.radius_card,0,32,16),"--control-height":px(theme.control_height,32,64,compact?
36:44),"--unit":compact?"6px":"8px"};return theme.font_family&&/^[\w\s,'"-]+$/.test(theme.font_family)&&(properties["--f\
ont-family"]=theme.font_family),properties}var push,scope;function isInScope(href){return!scope||(typeof scope=="string"?href.startsWith(scope):scope.test(href))}function handleNav(state,action){
let url="";if(push=void 0,action&&action.type==="click"){if(action.ctrlKey||action.metaKey||action.altKey||action.shiftKey||
action.button!==0)return state;let link=action.composedPath().find(el=>el.nodeName=="A"&&el.href),href=link&&link.getAttribute(
"href");if(!link||link.origin!=location.origin||/^#/.test(href)||!/^(_?self)?$/i.test(link.target)||!isInScope(href)||link.
download)return state;push=!0,action.preventDefault(),url=link.href.replace(location.origin,"")}else action&&action.url?
(push=!action.replace,url=action.url):url=location.pathname+location.search;return push===!0?history.pushState(null,"",url):
push===!1&&history.replaceState(null,"",url),url}var exec=(url,route,matches={})=>{url=url.split("/").filter(Boolean),route=
(route||"").split("/").filter(Boolean),matches.params||(matches.params={});for(let i4=0,val,rest;i4<Math.max(url.length,
route.length);i4++){let[,m5,param,flag]=(route[i4]||"").match(/^(:?)(.*?)([+*?]?)$/);if(val=url[i4],!(!m5&&param==val)){
if(!m5&&val&&flag=="*"){matches.rest="/"+url.slice(i4).join("/");break}if(!m5||!val&&flag!="?"&&flag!="*")return;if(rest=
flag=="+"||flag=="*",rest?val=url.slice(i4).map(decodeURIComponent).join("/")||void 0:val&&(val=decodeURIComponent(val)),
matches.params[param]=val,param in matches||(matches[param]=val),rest)break}}return matches};function LocationProvider(props){
let[url,route]=_2(handleNav,props.url||location.pathname+location.search);props.scope&&(scope=props.scope);let wasPush=push===
!0,value=w2(()=>{let u4=new URL(url,location.origin),path=u4.pathname.replace(/\/+$/g,"")||"/";return{url,path,query:Object.
fromEntries(u4.searchParams),route:(url2,replace)=>route({url:url2,replace}),back:()=>{history.back()},forward:()=>{history.
forward()},wasPush}},[url]);return F2(()=>(addEventListener("click",route),addEventListener("popstate",route),()=>{removeEventListener(
"click",route),removeEventListener("popstate",route)}),[]),k(LocationProvider.ctx.Provider,{value},props.children)}var RESOLVED=Promise.
resolve();function Router(props){let[c4,update]=_2(c5=>c5+1,0),{url,query:query2,wasPush,path}=useLocation();if(!url)throw new Error(
"preact-iso's <Router> must be used within a <LocationProvider>, see: https://github.com/preactjs/preact-iso#locationpro\
vider");let{rest=path,params={}}=j2(RouteContext),isLoading=T2(!1),prevRoute=T2(path),count2=T2(1),cur=T2(),prev=T2(),pendingBase=T2(),
hasEverCommitted=T2(!1),didSuspend=T2();didSuspend.current=!1;let pathRoute,defaultRoute,matchProps;O(props.children).some(
vnode=>{if(exec(rest,vnode.props.path,matchProps={...vnode.props,path:rest,query:query2,params:Object.assign({},params),
rest:""}))return pathRoute=b(vnode,matchProps);vnode.props.default&&(defaultRoute=b(vnode,matchProps))});let incoming=pathRoute||
defaultRoute,isHydratingSuspense=cur.current&&cur.current.__u&MODE_HYDRATE&&cur.current.__u&MODE_SUSPENDED,isHydratingBool=cur.
current&&cur.current.__h,routeChanged=w2(()=>{prev.current=cur.current,cur.current=k(RouteContext.Provider,{value:matchProps},
incoming);let outgoing=prev.current&&prev.current.props.children;return!outgoing||!incoming||incoming.type!==outgoing.type||
incoming.props.component!==outgoing.props.component?(count2.current++,!0):!1},[url,JSON.stringify(matchProps)]);isHydratingSuspense?
(cur.current.__u|=MODE_HYDRATE,cur.current.__u|=MODE_SUSPENDED):isHydratingBool&&(cur.current.__h=!0);let p5=prev.current;
return prev.current=null,this.__c=(e4,suspendedVNode)=>{didSuspend.current=!0,prev.current=p5,props.onLoadStart&&props.onLoadStart(
url),isLoading.current=!0;let c5=count2.current;e4.then(()=>{c5===count2.current&&(prev.current=null,cur.current&&(suspendedVNode.
__h&&(cur.current.__h=suspendedVNode.__h),suspendedVNode.__u&MODE_SUSPENDED&&(cur.current.__u|=MODE_SUSPENDED),suspendedVNode.
__u&MODE_HYDRATE&&(cur.current.__u|=MODE_HYDRATE)),RESOLVED.then(update))})},F2(()=>{let currentDom=this.__v&&this.__v.__e;
if(didSuspend.current){!hasEverCommitted.current&&!pendingBase.current&&(pendingBase.current=currentDom);return}!hasEverCommitted.
current&&pendingBase.current&&(pendingBase.current!==currentDom&&pendingBase.current.remove(),pendingBase.current=null),
hasEverCommitted.current=!0,prevRoute.current!==path&&(wasPush&&scrollTo(0,0),props.onRouteChange&&props.onRouteChange(url),
prevRoute.current=path),props.onLoadEnd&&isLoading.current&&props.onLoadEnd(url),isLoading.current=!1},[path,wasPush,c4]),
routeChanged?[k(RenderRef,{r:cur,key:count2.current}),k(RenderRef,{r:prev,key:count2.current-1})]:k(RenderRef,{r:cur,key:count2.
current})}var MODE_HYDRATE=32,MODE_SUSPENDED=128,RenderRef=({r:r4})=>r4.current;Router.Provider=LocationProvider;LocationProvider.
ctx=U({});var RouteContext=U({}),Route=props=>k(props.component,props),useLocation=()=>j2(LocationProvider.ctx),useRoute=()=>j2(
RouteContext);function CopyButton({text,label="Copy",wordy=!1}){let[copied,set]=d2(!1);A2(()=>{if(!copied)return;let timer=setTimeout(
()=>set(!1),1600);return()=>clearTimeout(timer)},[copied]);let copy=async()=>{await navigator.clipboard.writeText(text),
set(!0),announce("Copied")};return a2("button",{type:"button",class:wordy?"button button-secondary":"icon-button small",
"aria-label":wordy?void 0:label,title:label,onClick:()=>{copy()},children:[a2(Icon,{name:copied?"check":"copy",size:16}),
wordy&&a2("span",{children:copied?"Copied":label})]})}function Copyable({text,label,shown=text}){return a2("span",{class:"\
copyable",children:[a2("code",{title:text,children:shown}),a2(CopyButton,{text,label:`Copy ${label}`})]})}function Snippet({
code,label}){return a2("div",{class:"snippet",children:[a2("pre",{tabIndex:0,"aria-label":label,children:a2("code",{children:code})}),
a2(CopyButton,{text:code,label:`Copy ${label}`})]})}function Snippets({of,label}){let names=Object.keys(of),[chosen,choose]=d2(
()=>{let kept=localStorage.getItem("snippet")??"";return names.includes(kept)?kept:names[0]??""}),pick=name2=>{choose(name2),
localStorage.setItem("snippet",name2)};return a2("div",{class:"snippets",children:[a2("div",{class:"pills",role:"group",
"aria-label":`Language of ${label}`,children:names.map(name2=>a2("button",{type:"button",class:"pill","aria-pressed":name2===
chosen,onClick:()=>pick(name2),children:name2},name2))}),a2(Snippet,{code:of[chosen]??"",label})]})}function Page({title,crumbs=[],lead,actions,badge,children}){let heading=T2(null);return A2(()=>{document.title=`${title}\
 · Latchkey`},[title]),A2(()=>heading.current?.focus({preventScroll:!0}),[]),a2("div",{class:"page",children:[a2("heade\
r",{class:"page-head",children:[crumbs.length>0&&a2("nav",{class:"crumbs","aria-label":"Breadcrumbs",children:crumbs.map(
crumb=>a2($,{children:[a2("a",{href:crumb.href,children:crumb.label},crumb.href),a2(Icon,{name:"chevron",size:12})]}))}),
a2("div",{class:"page-title",children:[a2("h1",{ref:heading,tabIndex:-1,children:title}),badge,actions&&a2("div",{class:"\
page-actions",children:actions})]}),lead&&a2("p",{class:"lead",children:lead})]}),children]})}function Card({title,lead,
actions,flush=!1,children}){return a2("section",{class:`card${flush?" flush":""}`,children:[title&&a2("header",{class:"c\
ard-head",children:[a2("div",{children:[a2("h2",{children:title}),lead&&a2("p",{class:"muted",children:lead})]}),actions&&
a2("div",{class:"card-actions",children:actions})]}),children]})}function Empty({title,children,action}){return a2("div",
{class:"empty",children:[a2("p",{class:"empty-title",children:title}),children&&a2("p",{class:"muted",children}),action&&
a2("div",{class:"empty-action",children:action})]})}function Trouble({problem,again}){return a2(Notice,{kind:"danger",title:problem.
message,children:[a2("p",{class:"muted",children:a2("code",{children:problem.reason})}),again&&a2("p",{children:a2(Button,
{icon:"refresh",onClick:again,children:"Try again"})})]})}function Awaited({of,children,rows=5}){return of.data!==void 0?
a2($,{children:[of.problem&&a2(Trouble,{problem:of.problem,again:()=>{of.again()}}),children(of.data)]}):of.problem?a2(Trouble,
{problem:of.problem,again:()=>{of.again()}}):a2("div",{class:"outline",role:"status","aria-label":"Loading",children:Array.
from({length:rows},(_4,at2)=>a2("span",{class:"outline-row"},at2))})}function Facts({of}){return a2("dl",{class:"facts",
children:of.map(([name2,value])=>a2("div",{children:[a2("dt",{children:name2}),a2("dd",{children:value??a2("span",{class:"\
muted",children:"—"})})]},name2))})}var RELATIVE=new Intl.RelativeTimeFormat("en",{numeric:"auto",style:"narrow"}),EXACT=new Intl.DateTimeFormat("en",{dateStyle:"\
medium",timeStyle:"medium"}),DAY=new Intl.DateTimeFormat("en",{dateStyle:"medium"}),NUMBER=new Intl.NumberFormat("en"),STEPS=[
["year",315576e5],["month",26298e5],["day",864e5],["hour",36e5],["minute",6e4],["second",1e3]];function relative(time,now2=Date.
now()){if(time===void 0)return"—";let apart=new Date(time).getTime()-now2,[unit,size]=STEPS.find(([,size2])=>Math.abs(
apart)>=size2)??["second",1e3];return unit==="second"&&Math.abs(apart)<5e3?"now":RELATIVE.format(Math.round(apart/size),
unit)}var exact=time=>time===void 0?"—":EXACT.format(new Date(time)),onDay=time=>DAY.format(new Date(time)),count=value=>NUMBER.
format(value??0),plural=(value,one,many=`${one}s`)=>`${count(value)} ${value===1?one:many}`;function lasting(ms){if(ms<1e3)
return`${Math.round(ms)} ms`;let seconds=ms/1e3;return seconds<60?`${seconds<10?seconds.toFixed(1):Math.round(seconds)} \
s`:seconds<3600?`${Math.round(seconds/60)} min`:seconds<172800?`${Math.round(seconds/3600)} h`:`${Math.round(seconds/86400)}\
 d`}var AUTH_MODES={OAUTH2:"OAuth 2.0",OAUTH2_CC:"Client credentials",OAUTH1:"OAuth 1.0a",API_KEY:"API key",BASIC:"Basic",
APP:"App installation",TBA:"OAuth 1.0a, given token",UNSUPPORTED:"Not supported yet",TWO_STEP:"Token exchange",JWT:"Sign\
ed token",AWS_SIGV4:"AWS SigV4",NONE:"No credential"},authMode=mode=>AUTH_MODES[mode??""]??sentence(mode??"");function sentence(text){
let words=(text.split(".").at(-1)??text).toLowerCase().replaceAll(/[_-]+/g," ");return words.charAt(0).toUpperCase()+words.
slice(1)}function category(text){return text.length<=3?text.toUpperCase():text.startsWith("e-")?`E-${text.slice(2)}`:sentence(text)}function Badge({tone,children}){return a2("span",{class:`badge badge-${tone}`,children:[a2(Dot,{tone}),children]})}function Dot({
tone}){return a2("svg",{class:`dot dot-${tone}`,width:"10",height:"10",viewBox:"0 0 10 10","aria-hidden":"true",children:[
tone==="good"&&a2("circle",{cx:"5",cy:"5",r:"4"}),tone==="warn"&&a2("path",{d:"M5 .8 9.4 9H.6Z"}),tone==="bad"&&a2("path",
{d:"M5 .4 9.6 5 5 9.6.4 5Z"}),tone==="info"&&a2("rect",{x:"1",y:"1",width:"8",height:"8",rx:"1.5"}),tone==="quiet"&&a2("\
circle",{cx:"5",cy:"5",r:"3.2",fill:"none",stroke:"currentColor","stroke-width":"1.6"})]})}var STATES={ACTIVE:{tone:"goo\
d",label:"Active",meaning:"A valid credential is at hand"},DEGRADED:{tone:"warn",label:"Degraded",meaning:"The last refr\
esh failed and is tried again"},NEEDS_REAUTH:{tone:"bad",label:"Needs reauth",meaning:"The end user has to connect again"},
DISABLED:{tone:"quiet",label:"Disabled",meaning:"Switched off here"},DELETED:{tone:"quiet",label:"Deleted",meaning:"Gone\
, with its credential"}};function StateBadge({state}){let{tone,label}=STATES[state]??{tone:"quiet",label:sentence(state)};
return a2(Badge,{tone,children:label})}var TURNS={END_USER:"End user",DEVELOPER:"Developer",PROVIDER:"Provider",OPERATOR:"\
Operator",NOBODY:"Nobody"},turn=owner=>TURNS[owner??""]??sentence(owner??"");var i3=Symbol.for("preact-signals");function t3(){if(v3>1)v3--;else{var i4,t4=!1;for((function(){var i5=c3;for(c3=void 0;i5!==
void 0;){var t5=i5.S;if(t5.v===i5.v)for(var r5=t5.t;r5!==void 0;r5=r5.x)r5.i===i5.i&&(r5.i=t5.i);i5=i5.o}})();h3!==void 0;){
var r4=h3;for(h3=void 0,s3++;r4!==void 0;){var n3=r4.u;if(r4.u=void 0,r4.f&=-3,!(8&r4.f)&&w3(r4))try{r4.c()}catch(r5){t4||
(i4=r5,t4=!0)}r4=n3}}if(s3=0,v3--,t4)throw i4}}function r3(i4){if(v3>0)return i4();u3=++e3,v3++;try{return i4()}finally{
t3()}}var n2,o4=void 0;function f4(i4){var t4=o4,r4=n2;o4=void 0,n2=void 0;try{return i4()}finally{o4=t4,n2=r4}}var h3=void 0,
v3=0,s3=0,e3=0,u3=0,c3=void 0,a4=0;function d3(i4){if(o4!==void 0){var t4=i4.n;if(t4===void 0||t4.t!==o4)return t4={i:0,
S:i4,p:o4.s,n:void 0,t:o4,e:void 0,x:void 0,r:t4},o4.s!==void 0&&(o4.s.n=t4),o4.s=t4,i4.n=t4,32&o4.f&&i4.S(t4),t4;if(t4.
i===-1)return t4.i=0,t4.n!==void 0&&(t4.n.p=t4.p,t4.p!==void 0&&(t4.p.n=t4.n),t4.p=o4.s,t4.n=void 0,o4.s.n=t4,o4.s=t4),t4}}
function l3(i4,t4){this.v=i4,this.i=0,this.n=void 0,this.t=void 0,this.l=0,this.W=t4?.watched,this.Z=t4?.unwatched,this.
name=t4?.name}l3.prototype.brand=i3;l3.prototype.h=function(){return!0};l3.prototype.S=function(i4){var t4=this,r4=this.
t;r4!==i4&&i4.e===void 0&&(i4.x=r4,this.t=i4,r4!==void 0?r4.e=i4:f4(function(){var i5;(i5=t4.W)==null||i5.call(t4)}))};l3.
prototype.U=function(i4){var t4=this;if(this.t!==void 0){var r4=i4.e,n3=i4.x;r4!==void 0&&(r4.x=n3,i4.e=void 0),n3!==void 0&&
(n3.e=r4,i4.x=void 0),i4===this.t&&(this.t=n3,n3===void 0&&f4(function(){var i5;(i5=t4.Z)==null||i5.call(t4)}))}};l3.prototype.
subscribe=function(i4){var t4=this;return x2(function(){var r4=t4.value;f4(function(){return i4(r4)})},{name:"sub"})};l3.
prototype.valueOf=function(){return this.value};l3.prototype.toString=function(){return this.value+""};l3.prototype.toJSON=
function(){return this.value};l3.prototype.peek=function(){var i4=this;return f4(function(){return i4.value})};Object.defineProperty(
l3.prototype,"value",{get:function(){var i4=d3(this);return i4!==void 0&&(i4.i=this.i),this.v},set:function(i4){if(i4!==
this.v){if(s3>100)throw new Error("Cycle detected");(function(i5){v3!==0&&s3===0&&i5.l!==u3&&(i5.l=u3,c3={S:i5,v:i5.v,i:i5.
i,o:c3})})(this),this.v=i4,this.i++,a4++,v3++;try{for(var r4=this.t;r4!==void 0;r4=r4.x)r4.t.N()}finally{t3()}}}});function y3(i4,t4){
return new l3(i4,t4)}function w3(i4){for(var t4=i4.s;t4!==void 0;t4=t4.n)if(t4.S.i!==t4.i||!t4.S.h()||t4.S.i!==t4.i)return!0;
return!1}function b3(i4){for(var t4=i4.s;t4!==void 0;t4=t4.n){var r4=t4.S.n;if(r4!==void 0&&(t4.r=r4),t4.S.n=t4,t4.i=-1,
t4.n===void 0){i4.s=t4;break}}}function _3(i4){for(var t4=i4.s,r4=void 0;t4!==void 0;){var n3=t4.p;t4.i===-1?(t4.S.U(t4),
n3!==void 0&&(n3.n=t4.n),t4.n!==void 0&&(t4.n.p=n3)):r4=t4,t4.S.n=t4.r,t4.r!==void 0&&(t4.r=void 0),t4=n3}i4.s=r4}function j3(i4,t4){
l3.call(this,void 0,t4),this.x=i4,this.s=void 0,this.g=a4-1,this.f=4}j3.prototype=new l3;j3.prototype.h=function(){if(this.
f&=-3,1&this.f)return!1;if((36&this.f)==32||(this.f&=-5,this.g===a4))return!0;if(this.g=a4,this.f|=1,this.i>0&&!w3(this))
return this.f&=-2,!0;var i4=o4;try{b3(this),o4=this;var t4=this.x();(16&this.f||this.v!==t4||this.i===0)&&(this.v=t4,this.
f&=-17,this.i++)}catch(i5){this.v=i5,this.f|=16,this.i++}return o4=i4,_3(this),this.f&=-2,!0};j3.prototype.S=function(i4){
if(this.t===void 0){this.f|=36;for(var t4=this.s;t4!==void 0;t4=t4.n)t4.S.S(t4)}l3.prototype.S.call(this,i4)};j3.prototype.
U=function(i4){if(this.t!==void 0&&(l3.prototype.U.call(this,i4),this.t===void 0)){this.f&=-33;for(var t4=this.s;t4!==void 0;t4=
t4.n)t4.S.U(t4)}};j3.prototype.N=function(){if(!(2&this.f)){this.f|=6;for(var i4=this.t;i4!==void 0;i4=i4.x)i4.t.N()}};Object.
defineProperty(j3.prototype,"value",{get:function(){if(1&this.f)throw new Error("Cycle detected");var i4=d3(this);if(this.
h(),i4!==void 0&&(i4.i=this.i),16&this.f)throw this.v;return this.v}});function O2(i4,t4){return new j3(i4,t4)}function p3(i4){
var r4=i4.j;if(i4.j=void 0,typeof r4=="function"){v3++;var n3=o4;o4=void 0;try{r4()}catch(t4){throw i4.f&=-2,i4.f|=8,g3(
i4),t4}finally{o4=n3,t3()}}}function g3(i4){for(var t4=i4.s;t4!==void 0;t4=t4.n)t4.S.U(t4);i4.x=void 0,i4.s=void 0,p3(i4)}
function S2(i4){if(o4!==this)throw new Error("Out-of-order effect");_3(this),o4=i4,this.f&=-2;try{8&this.f&&g3(this)}finally{
t3()}}function m3(i4,t4){this.x=i4,this.j=void 0,this.s=void 0,this.u=void 0,this.f=32,this.name=t4?.name,n2&&n2.push(this)}
m3.prototype.c=function(){var i4=this.S();try{if(8&this.f||this.x===void 0)return;var t4=this.x();typeof t4=="function"&&
(this.j=t4)}finally{i4()}};m3.prototype.S=function(){if(1&this.f)throw new Error("Cycle detected");this.f|=1,this.f&=-9,
p3(this),b3(this),v3++;var i4=o4;return o4=this,S2.bind(this,i4)};m3.prototype.N=function(){2&this.f||(this.f|=2,this.u=
h3,h3=this)};m3.prototype.d=function(){this.f|=8,1&this.f||g3(this)};m3.prototype.dispose=function(){this.d()};function x2(i4,t4){
var r4=new m3(i4,t4);try{r4.c()}catch(i5){throw r4.d(),i5}var n3=r4.d.bind(r4);return n3[Symbol.dispose]=n3,n3}var h4,d4,p4,m4=typeof window<"u"&&!!window.__PREACT_SIGNALS_DEVTOOLS__;var g4=[];x2(function(){h4=this.N})();function b4(i4,n3){n[i4]=n3.bind(null,n[i4]||function(){})}function y4(i4){if(p4){
var n3=p4;p4=void 0,n3()}p4=i4&&i4.S()}function w4(i4){var n3=this,r4=i4.data,t4=useSignal(r4);t4.name="ReactiveDom",t4.
value=r4;var e4=w2(function(){for(var i5=n3,r5=n3.__v;r5=r5.__;)if(r5.__c){r5.__c.__$f|=4;break}var o5=O2(function(){var i6=t4.
value.value;return i6===0?0:i6===!0?"":i6||""}),e5=O2(function(){return!Array.isArray(o5.value)&&!r(o5.value)}),u5=x2(function(){
if(this.N=M,e5.value){var n4=o5.value;i5.__v&&i5.__v.__e&&i5.__v.__e.nodeType===3&&(i5.__v.__e.data=n4)}}),c5=n3.__$u.d;
return n3.__$u.d=function(){u5(),c5.call(this)},[e5,o5]},[]),u4=e4[0],c4=e4[1];return u4.value?c4.peek():c4.value}w4.displayName=
"ReactiveTextNode";Object.defineProperties(l3.prototype,{constructor:{configurable:!0,value:k($,null).constructor},type:{
configurable:!0,value:w4},props:{configurable:!0,get:function(){var i4=this;return{data:{get value(){return i4.value}}}}},
__b:{configurable:!0,value:1}});b4("__b",function(i4,n3){if(y4(),d4=void 0,typeof n3.type=="string"){var r4,t4=n3.props;
for(var f5 in t4)if(f5!=="children"){var o5=t4[f5];o5 instanceof l3&&(r4||(n3.__np=r4={}),r4[f5]=o5,t4[f5]=o5.peek())}}i4(
n3)});b4("__r",function(i4,r4){if(i4(r4),r4.type!==$){y4();var t4,f5=r4.__c;f5&&(f5.__$f&=-2,(t4=f5.__$u)===void 0&&(f5.
__$u=t4=(function(i5,n3){var r5;return x2(function(){r5=this},{name:n3}),r5.c=i5,r5})((function(i5){return function(){var n3;
m4&&((n3=this.y)==null||n3.call(this)),i5.__$f|=1,i5.setState({})}})(f5),typeof r4.type=="function"?r4.type.displayName||
r4.type.name:""))),d4=f5,y4(t4)}});b4("__e",function(i4,n3,r4,t4){y4(),d4=void 0,i4(n3,r4,t4)});b4("diffed",function(i4,n3){
y4(),d4=void 0;var r4;if(typeof n3.type=="string"&&(r4=n3.__e)){var t4=n3.__np,f5=n3.props,o5=r4.U;if(o5)for(var e4 in o5){
var u4=o5[e4];u4===void 0||t4&&e4 in t4||(u4.d(),o5[e4]=void 0)}if(t4){o5||(o5={},r4.U=o5);for(var a5 in t4){var c4=o5[a5],
v4=t4[a5];c4===void 0?(c4=k3(r4,a5,v4,f5),o5[a5]=c4):c4.o(v4,f5)}}}i4(n3)});function k3(i4,n3,r4,t4){var f5=n3 in i4&&i4.
ownerSVGElement===void 0,o5=y3(r4);return{o:function(i5,n4){o5.value=i5,t4=n4},d:x2(function(){this.N=M;var r5=o5.value.
value;t4[n3]!==r5&&(t4[n3]=r5,f5?i4[n3]=r5:r5!=null&&(r5!==!1||n3[4]==="-")?i4.setAttribute(n3,r5):i4.removeAttribute(n3))})}}
b4("unmount",function(i4,n3){if(typeof n3.type=="string"){var r4=n3.__e;if(r4){var t4=r4.U;if(t4){r4.U=void 0;for(var f5 in t4){
var o5=t4[f5];o5&&o5.d()}}}var e4=n3.__np;if(e4){var u4=n3.props;for(var a5 in e4)u4[a5]=e4[a5]}n3.__np=void 0}else{var c4=n3.
__c;if(c4){c4.__$f|=8;var v4=c4.__$u;v4&&(c4.__$u=void 0,v4.d())}}i4(n3)});b4("__h",function(i4,n3,r4,t4){t4<3&&(n3.__$f|=
2),i4(n3,r4,t4)});x.prototype.shouldComponentUpdate=function(i4,n3){if(this.__R)return!0;var r4=this.__$u,t4=r4&&r4.s!==
void 0;for(var f5 in n3)return!0;if(this.__f||typeof this.u=="boolean"&&this.u===!0){var o5=2&this.__$f;if(!(t4||o5||4&this.
__$f)||1&this.__$f)return!0}else if(!(t4||4&this.__$f)||3&this.__$f)return!0;for(var e4 in i4)if(e4!=="__source"&&i4[e4]!==
this.props[e4])return!0;for(var u4 in this.props)if(!(u4 in i4))return!0;return!1};function useSignal(i4,n3){return w2(function(){
return y3(i4,n3)},[])}var A3=function(i4){queueMicrotask(function(){queueMicrotask(i4)})};function F3(){r3(function(){for(var i4;i4=g4.shift();)h4.call(i4)})}function M(){g4.push(this)===1&&(n.requestAnimationFrame||
A3)(F3)}var session=y3(void 0);function can(scope2){let scopes=session.value?.scopes??[];return scopes.includes(scope2)||scopes.
includes(scope2.replace(":read",":admin"))}var redirectUrl=()=>`${session.value?.public_url}/oauth/callback`;async function resume(){
try{session.value=await call("/dashboard/session")}catch(problem){if(problem instanceof Problem&&problem.status===401)session.
value=null;else throw problem}}async function logIn(token){session.value=await call("/dashboard/login",{body:{token}})}async function enter(environment){
let headers={"x-csrf-token":session.value?.csrf_token??""};await call("/dashboard/environment",{body:{environment},headers}),
location.assign("/dashboard")}async function logOut(){let csrf=session.value?.csrf_token??"";await call("/dashboard/logo\
ut",{method:"POST",headers:{"x-csrf-token":csrf}}),session.value=null}function Preview({theme,scheme,app}){let page=T2(null);return F2(()=>{let style=page.current?.style;for(let[name2,value]of Object.
entries(derive(theme,scheme)))style?.setProperty(name2,value);style?.setProperty("color-scheme",scheme)},[theme,scheme]),
a2("div",{class:"preview",ref:page,"data-scheme":scheme,role:"group","aria-label":`Preview, ${scheme}`,children:a2("div",
{class:"preview-card",children:[a2("div",{class:"row",children:[a2(Logo,{name:app||"·",size:40}),a2(Icon,{name:"arrow",
size:16}),a2(Logo,{name:"Brightdesk",size:40})]}),a2("p",{class:"preview-title",children:"Connect Brightdesk"}),a2("p",{
class:"muted",children:["You will sign in at Brightdesk and decide there what ",app||"the app"," may do."]}),a2(Field,{id:`\
preview-${scheme}`,label:"Subdomain",value:"acme",onInput:()=>{},after:".brightdesk.example"}),a2(Notice,{kind:"warning",
children:a2("p",{children:"Brightdesk ended the access yesterday."})}),a2(Button,{kind:"primary",wide:!0,children:"Conti\
nue to Brightdesk"}),a2(Button,{wide:!0,children:"Cancel"})]})})}var SCHEMES=[{scheme:"light",name:"Light"},{scheme:"dark",name:"Dark"}],COLOURS=[{token:"primary",label:"Primary",light:"\
#1f5fe0",dark:"#7da6ff"},{token:"surface",label:"Page",light:"#f5f6f8",dark:"#0e1014"},{token:"surface_raised",label:"Ca\
rd",light:"#ffffff",dark:"#17191f"},{token:"text",label:"Text",light:"#14171c",dark:"#eef0f4"},{token:"text_muted",label:"\
Quiet text",light:"#59616e",dark:"#a2aab8"},{token:"border",label:"Border",light:"#d9dde4",dark:"#2d323c"},{token:"focus",
label:"Focus",light:"#1f5fe0",dark:"#8fb2ff"},{token:"danger",label:"What went wrong",light:"#c0281d",dark:"#ff8a7e"},{token:"\
warning",label:"Warnings",light:"#8a5a00",dark:"#f2bd57"},{token:"success",label:"Success",light:"#107a43",dark:"#5fd394"}],
LENGTHS=[{token:"font_size",label:"Size of text",least:13,most:20,otherwise:15},{token:"radius_control",label:"Corners o\
f buttons",least:0,most:24,otherwise:9},{token:"radius_card",label:"Corners of the card",least:0,most:32,otherwise:16},{
token:"control_height",label:"Height of buttons",least:32,most:64,otherwise:44}];function AppearanceScreen(){let[name2,call2]=d2(
"Acme"),[theme,change]=d2({});return a2(Page,{title:"Appearance",lead:"How the connect pages look to end users. Try it h\
ere, and put what it comes to into the server’s settings.",children:[a2("div",{class:"columns even",children:SCHEMES.map(
({scheme,name:title})=>a2(Card,{title,children:[a2(Preview,{theme,scheme,app:name2}),a2(Contrast,{theme,scheme,title})]},
scheme))}),a2("div",{class:"columns even",children:[a2(Card,{title:"Colours",lead:"Whatever cannot be read is moved unti\
l it can.",children:a2(Colours,{theme,onChange:change})}),a2("div",{class:"stack",children:[a2(Card,{title:"Shape",children:[
a2(Field,{id:"app-name",label:"Product",help:"As sentences name it.",value:name2,onInput:call2}),LENGTHS.map(({token,label,
least,most,otherwise})=>a2("label",{class:"range",children:[a2("span",{children:[label," ",a2("span",{class:"muted",children:[
theme[token]??otherwise," px"]})]}),a2("input",{type:"range",min:least,max:most,value:theme[token]??otherwise,onInput:event=>change(
{...theme,[token]:Number(event.currentTarget.value)})})]},token))]}),a2(Card,{title:"For the settings",lead:"In the serv\
er’s file; a new start puts it on.",children:a2(Snippet,{code:toml(session.value?.environment??"prod",name2,theme),label:"\
settings"})})]})]})]})}function Colours({theme,onChange}){return a2("div",{class:"table-frame",tabIndex:0,role:"region",
"aria-label":"Colours",children:a2("table",{class:"table plain",children:[a2("caption",{class:"for-readers",children:"Co\
lours"}),a2("thead",{children:a2("tr",{children:[a2("th",{scope:"col",children:"Colour"}),SCHEMES.map(({scheme,name:name2})=>a2(
"th",{scope:"col",children:name2},scheme))]})}),a2("tbody",{children:COLOURS.map(colour=>a2("tr",{children:[a2("th",{scope:"\
row",children:colour.label}),SCHEMES.map(({scheme,name:name2})=>a2("td",{children:a2("input",{class:"swatch",type:"color",
"aria-label":`${colour.label}, ${name2.toLowerCase()}`,value:theme[scheme]?.[colour.token]??colour[scheme],onInput:event=>onChange(
{...theme,[scheme]:{...theme[scheme],[colour.token]:event.currentTarget.value}})})},scheme))]},colour.token))})]})})}var NAMES={
text:"Text",text_muted:"Quiet text",primary:"Text on the primary colour",focus:"Focus",border_control:"Border of fields",
danger:"What went wrong",warning:"Warnings",success:"Success"};function Contrast({theme,scheme,title}){let ratios=report(
theme,scheme),chosen=name2=>theme[scheme]?.[name2==="border_control"?"border":name2]!==void 0;return a2("div",{class:"ta\
ble-frame contrast",tabIndex:0,role:"region","aria-label":`Contrast, ${title.toLowerCase()}`,children:a2("table",{class:"\
table plain",children:[a2("caption",{class:"for-readers",children:["Contrast, ",title.toLowerCase()]}),a2("thead",{children:a2(
"tr",{children:[a2("th",{scope:"col",children:"Contrast"}),a2("th",{scope:"col",class:"end",children:"Is, and must be"}),
a2("th",{scope:"col",children:"Verdict"})]})}),a2("tbody",{children:ratios.map(({name:name2,ratio,wanted})=>a2("tr",{children:[
a2("th",{scope:"row",children:NAMES[name2]}),a2("td",{class:"end",children:[ratio.toFixed(2)," ",a2("span",{class:"muted",
children:["of ",wanted]})]}),a2("td",{children:ratio>=wanted?a2(Badge,{tone:"good",children:"As chosen"}):a2(Badge,{tone:chosen(
name2)?"warn":"quiet",children:"Moved until it does"})})]},name2))})]})})}function toml(environment,app,theme){let lines=[
`[connect.environments.${environment}]`,`app_name = ${JSON.stringify(app)}`],lengths2=LENGTHS.filter(({token})=>theme[token]!==
void 0).map(({token})=>`${token} = ${theme[token]}`);lengths2.length>0&&lines.push("",`[connect.environments.${environment}\
.theme]`,...lengths2);for(let{scheme}of SCHEMES){let colours2=Object.entries(theme[scheme]??{});colours2.length>0&&lines.
push("",`[connect.environments.${environment}.theme.${scheme}]`,...colours2.map(([token,colour])=>`${token} = "${colour}\
"`))}return lines.join(`
`)}var BASE="/dashboard/api";function ours(options){return{...options,headers:{...options.headers,"x-csrf-token":session.value?.
csrf_token??""}}}function query(fields){let pairs=new URLSearchParams;for(let[name2,value]of Object.entries(fields))for(let one of Array.
isArray(value)?value:[value])one!==void 0&&one!==""&&pairs.append(name2,String(one));let text=pairs.toString();return text&&
`?${text}`}async function api(path,options={}){try{return await call(BASE+path,ours(options))}catch(problem){throw problem instanceof
Problem&&problem.status===401&&(session.value=null),problem}}async function*watch(path,signal){for await(let event of events(
BASE+path,ours({signal}))){let document2=JSON.parse(event.data);if(event.event==="problem")throw new Problem(document2.status??
0,document2.reason??"UNKNOWN",document2.detail??"The stream ended.");yield document2}}async function list(path,name2,signal){
return(await api(path,signal?{signal}:{}))[name2]??[]}function useLoad(ask,deps){let[state,set]=d2({data:void 0,problem:void 0,loading:!0}),running=T2(void 0),again=b2(async()=>{
running.current?.abort();let controller=new AbortController;running.current=controller,set(before=>({...before,loading:!0}));
try{let data=await ask(controller.signal);controller.signal.aborted||set({data,problem:void 0,loading:!1})}catch(error){
controller.signal.aborted||set(before=>({data:before.data,problem:asProblem(error),loading:!1}))}},deps);return A2(()=>(again(),
()=>running.current?.abort()),[again]),{...state,again}}function asProblem(error){return error instanceof Problem?error:
new Problem(0,"UNEXPECTED",error instanceof Error?error.message:String(error))}function useAction(){let[state,set]=d2({busy:!1,
problem:void 0});return{...state,run:async work=>{set({busy:!0,problem:void 0});try{return await work(),set({busy:!1,problem:void 0}),
!0}catch(error){return set({busy:!1,problem:asProblem(error)}),!1}},clear:()=>set({busy:!1,problem:void 0})}}function Confirm({title,verb,danger=!0,work,onClose,children}){let{busy,problem,run}=useAction(),go=async()=>{await run(
work)&&onClose()};return a2(Dialog,{title,onClose,actions:a2($,{children:[a2(Button,{onClick:onClose,children:"Cancel"}),
a2(Button,{kind:danger?"danger":"primary",busy,onClick:()=>{go()},children:verb})]}),children:[a2("div",{class:"stack mu\
ted",children}),problem&&a2(Trouble,{problem})]})}function wrong(problem,...fields){let named=problem?.document.metadata?.
field??problem?.document.field;return typeof named=="string"&&fields.includes(named)?problem?.message:void 0}var now=y3(Date.now());setInterval(()=>{document.hidden||(now.value=Date.now())},5e3);function When({time}){return time===
void 0?a2("span",{class:"muted",children:"—"}):a2("time",{dateTime:new Date(time).toISOString(),title:exact(time),children:relative(
time,Math.max(now.value,Date.now()-5e3))})}function ConnectLink({onClose,integration,reconnect}){let offered=useLoad(()=>list("/integrations","integrations"),[]),[
chosen,choose]=d2(integration??""),[endUser,name2]=d2(reconnect?.end_user??""),[made,keep]=d2(void 0),{busy,problem,run}=useAction(),
key=chosen||offered.data?.[0]?.key||"",create=()=>run(async()=>{let wish=reconnect?{reconnect_connection_id:reconnect.id}:
{integrations:[key]};keep(await api("/connect-sessions",{body:{end_user:endUser.trim(),...wish}}))});return made?a2(Dialog,
{title:"The link is ready",onClose,actions:a2($,{children:[a2(Button,{onClick:onClose,children:"Close"}),a2("a",{class:"\
button button-primary",href:made.connect_link,target:"_blank",rel:"noopener noreferrer",children:"Open it"})]}),children:a2(
"div",{class:"stack",children:[a2("p",{class:"muted",children:["Give it to ",endUser," and nobody else: it opens once, i\
n one browser, until ",a2(When,{time:made.expire_time}),"."]}),a2("div",{class:"copy-field",children:[a2("code",{children:made.
connect_link}),a2(CopyButton,{text:made.connect_link,label:"Copy link"})]})]})}):offered.data?.length===0&&!reconnect?a2(
Dialog,{title:"Nothing to connect yet",onClose,actions:a2(Button,{onClick:onClose,children:"Close"}),children:a2(Empty,{
title:"There is no integration",action:a2("a",{class:"button button-primary",href:"/dashboard/providers",children:"Choos\
e a provider"}),children:"An integration is your app at a provider. Add one, and end users can connect."})}):a2(Dialog,{
title:reconnect?"Create a reconnect link":"Create a link",onClose,actions:a2($,{children:[a2(Button,{onClick:onClose,children:"\
Cancel"}),a2(Button,{kind:"primary",busy,onClick:()=>{create()},children:"Create link"})]}),children:a2("form",{class:"s\
tack",onSubmit:event=>{event.preventDefault(),create()},children:[a2("p",{class:"muted",children:reconnect?"The same con\
nection gets a new credential; its id stays.":"Whoever opens it connects their account, which then belongs to this end u\
ser."}),!reconnect&&a2(Field,{id:"link-integration",label:"Integration",value:key,onInput:choose,options:(offered.data??
[]).map(one=>({value:one.key,label:one.display_name||one.key}))}),!reconnect&&a2(Field,{id:"link-end-user",label:"End us\
er",help:"Your own id for them, such as a user id or an e-mail address.",value:endUser,onInput:name2}),problem&&a2(Trouble,
{problem})]})})}function word(value,prefix){return(value??"").replace(`${prefix}_`,"")}var stateOf=connection=>word(connection.state,"CO\
NNECTION_STATE"),millis=duration=>Number.parseFloat(duration??"0")*1e3;var canBeVerified=state=>["ACTIVE","DEGRADED"].includes(state),verify=({id})=>api(`/connections/${encodeURIComponent(id)}\
:verify`,{body:{}}),SAID={WORKS:"it works",REFUSED:"the provider refuses it",NOT_CHECKED:"cannot be checked"},inShort=check=>SAID[verdictOf(
check)],verdictOf=check=>word(check.verdict,"VERDICT")||"NOT_CHECKED";function Verified({of}){let verdict=verdictOf(of),
{failure,account,auth_log_id}=of,asked=auth_log_id&&a2("a",{href:`/dashboard/logs?log=${auth_log_id}`,children:"What was\
 asked"});return verdict==="WORKS"?a2(Notice,{kind:"success",title:"The provider takes the credential",children:a2("p",{
children:[account&&a2($,{children:["It is ",account,"’s. "]}),asked]})}):verdict==="REFUSED"?a2(Notice,{kind:"danger",
title:"The provider refuses the credential",children:a2("p",{children:["It said ",failure?.provider_error?.code?a2("code",
{children:failure.provider_error.code}):sentence(failure?.reason??"no"),". What can be renewed is being renewed. ",asked]})}):
a2(Notice,{title:"That cannot be told from here",children:a2("p",{children:"The catalogue knows no request to this provi\
der that would show it. A call through the proxy does."})})}function VerifyButton({action,onClick}){return a2(Button,{icon:"\
check",busy:action.busy,onClick,children:"Verify"})}var here=()=>session.value?.public_url??"";function forToken(connection){let url=`${here()}/v1/connections/${connection}\
:accessToken`;return{curl:`curl -H "Authorization: Bearer $LATCHKEY_API_KEY" \\
  ${url}`,"Node.js":`const answer = await fetch('${url}', {
  headers: { authorization: \`Bearer \${process.env.LATCHKEY_API_KEY}\` },
});
const { access_token, headers } = await answer.json();`,Python:`import os, requests

answer = requests.get(
    "${url}",
    headers={"Authorization": f"Bearer {os.environ['LATCHKEY_API_KEY']}"},
)
token = answer.json()["access_token"]`,Go:`request, _ := http.NewRequest("GET", "${url}", nil)
request.Header.Set("Authorization", "Bearer "+os.Getenv("LATCHKEY_API_KEY"))
answer, err := http.DefaultClient.Do(request)`,gRPC:`buf curl --protocol grpc --http2-prior-knowledge \\
  -H "authorization: Bearer $LATCHKEY_API_KEY" \\
  -d '{"connection_id": "${connection}"}' \\
  $LATCHKEY_GRPC/latchkey.vault.v1.CredentialService/GetAccessToken`,CLI:`latchkey token get ${connection} --header`}}function forSession(integration){
let url=`${here()}/v1/connect-sessions`,body=`{"end_user": "user-42", "integrations": ["${integration}"]}`;return{curl:`\
curl -X POST ${url} \\
  -H "Authorization: Bearer $LATCHKEY_API_KEY" \\
  -H "Content-Type: application/json" \\
  -d '${body}'`,"Node.js":`const answer = await fetch('${url}', {
  method: 'POST',
  headers: {
    authorization: \`Bearer \${process.env.LATCHKEY_API_KEY}\`,
    'content-type': 'application/json',
  },
  body: JSON.stringify({ end_user: user.id, integrations: ['${integration}'] }),
});
const { connect_link } = await answer.json();`,Python:`import os, requests

answer = requests.post(
    "${url}",
    headers={"Authorization": f"Bearer {os.environ['LATCHKEY_API_KEY']}"},
    json={"end_user": user.id, "integrations": ["${integration}"]},
)
link = answer.json()["connect_link"]`,Go:`body := strings.NewReader(\`${body}\`)
request, _ := http.NewRequest("POST", "${url}", body)
request.Header.Set("Authorization", "Bearer "+os.Getenv("LATCHKEY_API_KEY"))
request.Header.Set("Content-Type", "application/json")
answer, err := http.DefaultClient.Do(request)`,gRPC:`buf curl --protocol grpc --http2-prior-knowledge \\
  -H "authorization: Bearer $LATCHKEY_API_KEY" \\
  -d '${body}' \\
  $LATCHKEY_GRPC/latchkey.connect.v1.ConnectSessionService/CreateConnectSession`,CLI:`latchkey connect link --integratio\
n ${integration} --end-user user-42 --open --wait`}}var SHOWN_FOR=6e4;function Reveal({id}){let[shown,show]=d2(void 0),{busy,problem,run}=useAction();A2(()=>{if(!shown)return;
let timer=setTimeout(()=>show(void 0),SHOWN_FOR);return()=>clearTimeout(timer)},[shown]);let reveal=()=>run(async()=>show(
await api(`/connections/${id}:credential`))),parts=shown?[...[["Access token",shown.access_token],["Refresh token",shown.
refresh_token]].filter(part=>!!part[1]),...Object.entries(shown.fields??{})]:[];return a2("div",{class:"secret",children:[
shown?a2($,{children:[parts.map(([name2,value])=>a2("div",{class:"stack",children:[a2("span",{class:"muted",children:name2}),
a2("div",{class:"copy-field",children:[a2("code",{children:value}),a2(CopyButton,{text:value,label:`Copy ${name2.toLowerCase()}`})]})]},
name2)),a2(Button,{icon:"eye-off",onClick:()=>show(void 0),children:"Hide"})]}):a2($,{children:[a2("div",{class:"copy-fi\
eld",children:a2("code",{class:"masked","aria-label":"Hidden",children:"••••••••••••••••••••"})}),
a2(Button,{icon:"eye",busy,onClick:()=>{reveal()},children:"Reveal, and record that I did"})]}),problem&&a2(Trouble,{problem})]})}var CODE_OR_TIME=/(`[^`]*`|\d{4}-\d\d-\d\dT[\d:.]+Z)/;function Coded({text}){let part=(one,at2)=>at2%2===0?one:one.startsWith(
"`")?a2("code",{children:one.slice(1,-1)},at2):a2("time",{dateTime:one,children:exact(one)},at2);return a2($,{children:(text??
"").split(CODE_OR_TIME).map(part)})}var LIFE=["ACTIVE","DEGRADED","NEEDS_REAUTH"];function Verdict({of,onReconnect}){let state=stateOf(of.connection),{failure}=of.
connection,nobody=!of.whose_turn||of.whose_turn==="NOBODY";return a2("section",{class:`verdict verdict-${STATES[state]?.
tone??"quiet"}`,"aria-label":"Explanation",children:[a2("div",{class:"stack",children:[a2("p",{class:"verdict-words",children:a2(
Coded,{text:of.what_happened})}),of.what_to_do&&!nobody&&a2("p",{class:"muted",children:a2(Coded,{text:of.what_to_do})})]}),
a2("div",{class:"row",children:[!nobody&&a2(Badge,{tone:state==="NEEDS_REAUTH"?"bad":"warn",children:[turn(of.whose_turn),
"’s turn"]}),failure?.reason&&a2("span",{class:"tag",children:failure.reason}),failure?.cause&&a2("span",{class:"tag",
children:failure.cause}),failure?.provider_error?.code&&a2("span",{class:"tag",children:failure.provider_error.code}),failure?.
next_attempt_time&&a2("span",{class:"muted",children:["Next try ",a2(When,{time:failure.next_attempt_time})]}),state==="\
NEEDS_REAUTH"&&onReconnect&&a2(Button,{kind:"primary",icon:"link",onClick:onReconnect,children:"Create a reconnect link"}),
state==="NEEDS_REAUTH"&&a2(CopyButton,{wordy:!0,label:"Copy a message for them",text:message(of)})]}),failure?.provider_error?.
description&&a2("p",{class:"muted",children:["The provider said: “",failure.provider_error.description,"”"]}),LIFE.includes(
state)&&a2("ol",{class:"machine","aria-label":"Where it is in its life",children:LIFE.map((one,at2)=>a2("li",{children:[
at2>0&&a2(Icon,{name:"arrow",size:12}),a2("span",{class:one===state?"here":"","aria-current":one===state?"step":void 0,children:STATES[one].
label})]},one))})]})}function message({connection,what_happened}){return`Hello,

your ${connection.provider} connection needs to be renewed. ${what_happened??""}
Please open the link we send you and sign in again; it takes a minute.
`}var TONES=[[/broken|rejected/,"bad"],[/failed|expiring|set_aside|withheld/,"warn"],[/established|refreshed|recovered|enabled/,
"good"],[/revealed/,"info"]];function Timeline({history:history2}){return history2.length===0?a2(Empty,{title:"Nothing h\
appened yet"}):a2("ol",{class:"timeline",children:history2.map((entry,at2)=>a2("li",{children:[a2(Dot,{tone:TONES.find(([
pattern])=>pattern.test(entry.event??""))?.[1]??"quiet"}),a2("span",{class:"timeline-title",children:sentence(entry.event??
"")}),a2(When,{time:entry.time}),a2("span",{class:"timeline-text",children:[entry.summary,entry.by&&a2($,{children:[" By\
 ",entry.by,"."]})]})]},`${entry.time}-${at2}`))})}function ConnectionScreen(){let{params}=useRoute(),id=params.id??"",found=useLoad(signal=>api(`/connections/${encodeURIComponent(
id)}:explain`,{signal}),[id]),[asking,ask]=d2(void 0),refresh=useAction(),trying=useAction(),[checked,tell]=d2(void 0),connection=found.
data?.connection,state=connection&&stateOf(connection),change=(verb,body={})=>refresh.run(async()=>{await api(`/connecti\
ons/${id}:${verb}`,{method:"POST",body}),await found.again()}),tryOut=()=>trying.run(async()=>{tell(void 0),tell(await verify(
{id})),await found.again()});return a2(Page,{title:connection?connection.display_name||connection.end_user:id,crumbs:[{label:"\
Connections",href:"/dashboard/connections"}],badge:state&&a2(StateBadge,{state}),actions:connection&&state!=="DELETED"&&
a2($,{children:[can("connections:write")&&["ACTIVE","DEGRADED"].includes(state??"")&&connection.credential?.renewable&&a2(
Button,{icon:"refresh",busy:refresh.busy,onClick:()=>{change("refresh")},children:"Refresh now"}),can("connections:write")&&
canBeVerified(state??"")&&a2(VerifyButton,{action:trying,onClick:()=>{tryOut()}}),can("sessions:write")&&state!=="NEEDS_\
REAUTH"&&a2(Button,{icon:"link",onClick:()=>ask("reconnect"),children:"Reconnect link"}),can("connections:write")&&a2(Button,
{onClick:()=>{change(state==="DISABLED"?"enable":"disable")},children:state==="DISABLED"?"Enable":"Disable"}),can("conne\
ctions:delete")&&a2(Button,{kind:"danger",onClick:()=>ask("delete"),children:"Delete"})]}),children:[refresh.problem&&a2(
Trouble,{problem:refresh.problem}),trying.problem&&a2(Trouble,{problem:trying.problem}),a2("div",{role:"status",children:checked&&
a2(Verified,{of:checked})}),a2(Awaited,{of:found,rows:8,children:data=>a2($,{children:[a2(Verdict,{of:data,onReconnect:can(
"sessions:write")?()=>ask("reconnect"):void 0}),a2("div",{class:"columns wide-first",children:[a2("div",{class:"stack",children:[
a2(Card,{title:"Timeline",lead:"What happened, the latest first.",children:a2(Timeline,{history:data.history??[]})}),stateOf(
data.connection)!=="DELETED"&&a2(Card,{title:"Use it",lead:"The key is your backend's; the id is this connection's.",children:a2(
Snippets,{of:forToken(data.connection.id),label:"example"})})]}),a2("div",{class:"stack",children:[a2(About,{connection:data.
connection}),data.connection.credential&&a2(CredentialCard,{connection:data.connection}),data.connection.revocation&&a2(
RevocationCard,{connection:data.connection})]})]})]})}),asking==="reconnect"&&connection&&a2(ConnectLink,{reconnect:connection,
onClose:()=>ask(void 0)}),asking==="delete"&&connection&&a2(Confirm,{title:"Delete this connection?",verb:"Delete connec\
tion",onClose:()=>ask(void 0),work:async()=>{await api(`/connections/${id}`,{method:"DELETE"}),await found.again()},children:a2(
"p",{children:["Its credential is destroyed at once, and the provider is asked to end the grant. Calls for ",connection.
end_user," at ",connection.integration," stop working. This cannot be undone."]})})]})}function About({connection}){let tags=Object.
entries(connection.tags??{});return a2(Card,{title:"Connection",children:a2(Facts,{of:[["Id",a2(Copyable,{text:connection.
id,label:"id"})],["End user",a2(Copyable,{text:connection.end_user,label:"end user"})],["Account",connection.credential?.
account],["Integration",a2("a",{href:`/dashboard/integrations/${encodeURIComponent(connection.integration)}`,children:connection.
integration})],["Provider",a2("a",{href:`/dashboard/providers/${connection.provider}`,children:connection.provider})],...connection.
external_id?[["External id",a2(Copyable,{text:connection.external_id,label:"external id"})]]:[],...connection.webhook_url?
[["Webhooks go to",a2(Copyable,{text:connection.webhook_url,label:"address of webhooks"})]]:[],["Created",a2(When,{time:connection.
create_time})],...tags.length>0?[["Tags",a2("span",{class:"tags",children:tags.map(([name2,value])=>a2("span",{class:"ta\
g",children:[name2,"=",value]},name2))})]]:[]]})})}function CredentialCard({connection}){let credential=connection.credential??
{};return a2(Card,{title:"Credential",children:[a2(Facts,{of:[["Kind",authMode(credential.auth_mode)],["Generation",String(
credential.generation??0)],["Obtained",a2(When,{time:credential.obtain_time})],["Expires",credential.expire_time?a2(When,
{time:credential.expire_time}):"Not known to"],["Next refresh",credential.renewable?a2(When,{time:credential.next_refresh_time}):
"Cannot be refreshed"],...credential.end_time?[["Ends for good",a2(When,{time:credential.end_time})]]:[],["Rotation",sentence(
credential.rotation||"unknown")],["Scopes",credential.granted_scopes?.length?a2("span",{class:"scopes",children:credential.
granted_scopes.map(scope2=>a2("span",{class:"tag",children:scope2},scope2))}):"None"],["Fingerprint",a2("code",{title:"T\
ells two tokens apart; says nothing about either",children:credential.fingerprint})]]}),can("credentials:read")&&a2(Reveal,
{id:connection.id})]})}function RevocationCard({connection}){let revocation=connection.revocation??{};return a2(Card,{title:"\
Ending the grant",lead:"What became of it at the provider.",children:a2(Facts,{of:[["Result",sentence(revocation.result??
"")],["Asked",`${revocation.attempts??0} times`],["Since",exact(revocation.request_time)],["Next try",a2(When,{time:revocation.
next_attempt_time})]]})})}function Table({caption,columns:columns2,rows,id,href,selection,label}){let every=rows.length>0&&rows.every(row=>selection?.
selected.has(id(row))),some=rows.some(row=>selection?.selected.has(id(row))),toggle=(ids,on)=>{let next=new Set(selection?.
selected);for(let one of ids)on?next.add(one):next.delete(one);selection?.change(next)};return a2("div",{class:"table-fr\
ame",tabIndex:0,role:"region","aria-label":caption,children:a2("table",{class:"table",children:[a2("caption",{class:"for\
-readers",children:caption}),a2("thead",{children:a2("tr",{children:[selection&&a2("th",{class:"choose",children:a2("inp\
ut",{type:"checkbox","aria-label":"Choose all on this page",checked:every,ref:box=>{box&&(box.indeterminate=some&&!every)},
onChange:event=>toggle(rows.map(id),event.currentTarget.checked)})}),columns2.map(column=>a2("th",{scope:"col",class:classes(
column),children:column.name},column.name))]})}),a2("tbody",{children:rows.map(row=>a2("tr",{class:href?"has-link":"","a\
ria-selected":selection?selection.selected.has(id(row)):void 0,onClick:event=>href&&follow2(event),children:[selection&&
a2("td",{class:"choose",children:a2("input",{type:"checkbox","aria-label":`Choose ${label?.(row)??id(row)}`,checked:selection.
selected.has(id(row)),onChange:event=>toggle([id(row)],event.currentTarget.checked)})}),columns2.map((column,at2)=>a2("t\
d",{class:classes(column),children:at2===0&&href?a2("a",{class:"row-link",href:href(row),children:column.cell(row)}):column.
cell(row)},column.name))]},id(row)))})]})})}function classes(column){return[column.minor&&"minor",column.end&&"end"].filter(
Boolean).join(" ")}function follow2(event){if(event.target.closest("a, button, input, label, select")||getSelection()?.toString())
return;event.currentTarget.querySelector("a.row-link")?.dispatchEvent(new MouseEvent("click",{bubbles:!0,cancelable:!0,metaKey:event.
metaKey,ctrlKey:event.ctrlKey,shiftKey:event.shiftKey}))}var PAGE_SIZE=500,MAX=1e4;function AllThatFit({filter,chosen,onChosen}){let[found,tell]=d2(void 0),[problem,complain]=d2(
void 0),looking=T2(void 0);A2(()=>()=>looking.current?.abort(),[]);let stop=()=>{looking.current?.abort(),tell(void 0)},
look2=async()=>{let controller=new AbortController;looking.current=controller,complain(void 0);try{let all=await gather(
filter,controller.signal,tell);onChosen(all),announce(`${plural(all.length,"connection")} chosen`)}catch(error){controller.
signal.aborted||complain(asProblem(error).message)}tell(void 0)};return a2("div",{class:"bulk",role:"status",children:[found===
void 0?a2($,{children:[a2("span",{children:[plural(chosen,"connection")," on this page ",chosen===1?"is":"are"," chosen."]}),
a2(Button,{kind:"quiet",onClick:()=>{look2()},children:"Choose all that fit the filter"})]}):a2($,{children:[a2("span",{
children:[plural(found,"connection")," found so far…"]}),a2(Button,{kind:"quiet",onClick:stop,children:"Stop"})]}),problem&&
a2(Notice,{kind:"danger",title:problem})]})}async function gather(filter,signal,tell){let all=[],page_token;tell(0);do{let page=await api(
`/connections${query({...filter,page_size:PAGE_SIZE,page_token})}`,{signal});if(all.push(...page.connections??[]),tell(all.
length),all.length>MAX)throw new Error(`More than ${count(MAX)} connections fit: narrow the filter, or use the API.`);page_token=
page.next_page_token}while(page_token);return all}var at=one=>`/connections/${one.id}`,DEEDS=[{verb:"Refresh",title:many=>`Refresh ${many}?`,warning:"Each is refreshed wi\
th its provider now, whatever is left of its token.",scope:"connections:write",fits:one=>["ACTIVE","DEGRADED"].includes(
stateOf(one)),work:async one=>{let{refreshed}=await api(`${at(one)}:refresh`,{method:"POST",body:{}});return refreshed?"\
refreshed":"as it was: nothing renews it"}},{verb:"Verify",title:many=>`Verify ${many}?`,warning:"Each is tried out with\
 its provider, and one that is refused is renewed where it can be. What came of each is in the list that can be saved.",
scope:"connections:write",fits:one=>canBeVerified(stateOf(one)),work:async one=>inShort(await verify(one))},{verb:"Recon\
nect links",title:many=>`Create reconnect links for ${many}?`,warning:"A link lets its end user sign in again, within an\
 hour. It is a secret of that end user.",scope:"sessions:write",fits:one=>!["DELETED"].includes(stateOf(one)),work:async one=>{
let body={end_user:one.end_user,reconnect_connection_id:one.id,lifetime:"3600s"};return(await api("/connect-sessions",{body})).
connect_link}},{verb:"Disable",title:many=>`Disable ${many}?`,warning:"Nothing is handed out or refreshed for them until\
 they are enabled again. Their credentials stay.",scope:"connections:write",fits:one=>!["DELETED","DISABLED"].includes(stateOf(
one)),work:async one=>(await api(`${at(one)}:disable`,{method:"POST",body:{}}),"disabled")},{verb:"Enable",title:many=>`\
Enable ${many}?`,warning:"They are refreshed and handed out again.",scope:"connections:write",fits:one=>stateOf(one)==="\
DISABLED",work:async one=>(await api(`${at(one)}:enable`,{method:"POST",body:{}}),"enabled")},{verb:"Delete",title:many=>`\
Delete ${many}?`,warning:"Their credentials are destroyed at once, and the providers are asked to end the grants. This c\
annot be undone.",danger:!0,scope:"connections:delete",fits:one=>stateOf(one)!=="DELETED",work:async one=>(await api(at(
one),{method:"DELETE"}),"deleted")}];function Bulk({chosen,onDone}){let[deed,begin]=d2(void 0);return a2("div",{class:"b\
ulk",role:"region","aria-label":"With the chosen connections",children:[a2("span",{children:[plural(chosen.length,"conne\
ction")," chosen"]}),DEEDS.filter(one=>can(one.scope)&&chosen.some(one.fits)).map(one=>a2(Button,{kind:one.danger?"dange\
r":"secondary",onClick:()=>begin(one),children:one.verb},one.verb)),deed&&a2(Doing,{deed,chosen,onClose:done=>{begin(void 0),
done&&onDone()}})]})}function Doing({deed,chosen,onClose}){let fit2=chosen.filter(deed.fits),[results,tell]=d2([]),[begun,
begin]=d2(!1),over=begun&&results.length===fit2.length,failed=results.filter(result=>result.problem),go=async()=>{begin(
!0);for(let connection of fit2){let result=await deed.work(connection).then(value=>({connection,value}),error=>({connection,
value:"",problem:asProblem(error).message}));tell(before=>[...before,result])}};return a2(Dialog,{title:deed.title(plural(
fit2.length,"connection")),onClose:()=>onClose(begun),actions:over?a2($,{children:[a2(Button,{onClick:()=>save(deed.verb,
results),children:"Save as CSV"}),a2(Button,{kind:"primary",onClick:()=>onClose(!0),children:"Done"})]}):a2($,{children:[
a2(Button,{onClick:()=>onClose(begun),children:begun?"Stop watching":"Cancel"}),a2(Button,{kind:deed.danger?"danger":"pr\
imary",busy:begun,onClick:()=>{go()},children:deed.verb})]}),children:a2("div",{class:"stack",children:[!begun&&a2("p",{
class:"muted",children:deed.warning}),!begun&&fit2.length<chosen.length&&a2("p",{class:"muted",children:[plural(chosen.length-
fit2.length,"other")," of those chosen ",chosen.length-fit2.length===1?"is":"are"," left alone: this cannot be done to t\
hem."]}),begun&&a2("p",{role:"status",children:[results.length," of ",fit2.length," done",failed.length>0&&`, ${failed.length}\
 failed`]}),begun&&a2("div",{class:"meter","aria-hidden":"true",children:a2("span",{style:{width:`${100*results.length/Math.
max(1,fit2.length)}%`}})}),failed.slice(0,5).map(result=>a2(Notice,{kind:"danger",title:result.connection.end_user,children:a2(
"p",{children:result.problem})},result.connection.id))]})})}function save(verb,results){let cell=text2=>`"${(/^[=+\-@\t]/.
test(text2)?`'${text2}`:text2).replaceAll('"','""')}"`,text=["connection,integration,end_user,result,problem",...results.
map(({connection,value,problem})=>[connection.id,connection.integration,connection.end_user,value,problem??""].map(cell).
join(","))].join(`\r
`),link=document.createElement("a");link.href=URL.createObjectURL(new Blob([text],{type:"text/csv"})),link.download=`${verb.
toLowerCase().replaceAll(" ","-")}.csv`,link.click(),URL.revokeObjectURL(link.href)}var PAGE_SIZE2=50,NEWEST_FIRST="create_time desc";function connectionsHref(filters){return`/dashboard/connections${query(
{...filters})}`}function ConnectionsScreen(){let{query:address,route}=useLocation(),filters=address,pick=ids=>{chooseEveryone(
void 0),choose(ids)},restricted=Object.entries(filters).some(([name2,value])=>name2!=="order_by"&&value),narrow=change=>{
turnTo([]),pick(new Set),route(connectionsHref({...filters,...change}),!0)},[trail,turnTo]=d2([]),[selected,choose]=d2(new Set),
[everyone,chooseEveryone]=d2(void 0),[linking,link]=d2(!1),filter={order_by:NEWEST_FIRST,...filters,state:filters.state&&
`CONNECTION_STATE_${filters.state}`},asked=query({...filter,page_size:PAGE_SIZE2,page_token:trail.at(-1)}),page=useLoad(
signal=>api(`/connections${asked}`,{signal}),[asked]),shown=page.data?.connections??[],chosen=everyone??shown.filter(one=>selected.
has(one.id)),wholePage=shown.length>0&&chosen.length===shown.length,integrations=useLoad(async()=>can("integrations:read")?
await list("/integrations","integrations"):[],[]);return a2(Page,{title:"Connections",lead:"Accounts your end users have\
 connected.",actions:can("sessions:write")&&a2(Button,{kind:"primary",icon:"link",onClick:()=>link(!0),children:"Create \
a link"}),children:[a2(FilterBar,{filters,integrations:integrations.data??[],onChange:narrow}),a2(Card,{flush:!0,children:[
chosen.length>0&&a2(Bulk,{chosen,onDone:()=>{pick(new Set),page.again()}}),!everyone&&wholePage&&(trail.length>0||page.data?.
next_page_token)&&a2(AllThatFit,{filter,chosen:chosen.length,onChosen:chooseEveryone},asked),a2(Awaited,{of:page,rows:8,
children:({connections=[],next_page_token})=>a2($,{children:[connections.length>0&&a2(Table,{caption:"Connections",columns:COLUMNS,
rows:connections,id:row=>row.id,href:row=>`/dashboard/connections/${row.id}`,label:row=>`${row.end_user} at ${row.integration}`,
selection:can("sessions:write")?{selected,change:pick}:void 0}),connections.length===0&&(restricted?a2(NoneFits,{onClear:()=>route(
"/dashboard/connections"),more:!!next_page_token}):a2(NoneYet,{onLink:()=>link(!0)})),(trail.length>0||next_page_token)&&
a2("nav",{class:"pager","aria-label":"Pages",children:[a2("span",{children:connections.length>0?`${plural(connections.length,
"connection")} on page ${trail.length+1}`:`Page ${trail.length+1}`}),a2("span",{class:"row",children:[trail.length>0&&a2(
Button,{onClick:()=>turnTo(trail.slice(0,-1)),children:"Previous"}),next_page_token&&a2(Button,{onClick:()=>turnTo([...trail,
next_page_token]),children:"Next"})]})]})]})})]}),linking&&a2(ConnectLink,{onClose:()=>link(!1)})]})}var COLUMNS=[{name:"\
End user",cell:row=>a2("span",{class:"cell-main",children:[a2(Logo,{name:row.integration,size:28}),a2("span",{class:"cel\
l-text",children:[a2("span",{children:row.display_name||row.end_user}),a2("small",{children:row.credential?.account||(row.
display_name?row.end_user:row.external_id)||row.id})]})]})},{name:"State",cell:row=>a2(StateBadge,{state:stateOf(row)})},
{name:"Integration",minor:!0,cell:row=>row.integration},{name:"Whose turn",minor:!0,cell:row=>row.failure?.owner?turn(row.
failure.owner):a2("span",{class:"muted",children:"—"})},{name:"Last refresh",minor:!0,cell:row=>a2(When,{time:row.credential?.
obtain_time})},{name:"Token expires",minor:!0,cell:row=>a2(When,{time:row.credential?.expire_time})},{name:"Created",minor:!0,
cell:row=>a2(When,{time:row.create_time})}];function FilterBar({filters,integrations,onChange}){let asked=filters.search??
filters.end_user??"",[text,type]=d2(asked);A2(()=>type(asked),[asked]);let states=Object.entries(STATES);return a2("form",
{class:"filters",role:"search","aria-label":"Connections",onSubmit:event=>{event.preventDefault(),onChange({search:text.
trim(),end_user:""})},children:[a2("span",{class:"control search",children:[a2(Icon,{name:"search",size:16}),a2("input",
{type:"search","aria-label":"Search by id, end user, name or external id",placeholder:"Search id, end user, name…",value:text,
onInput:event=>type(event.currentTarget.value),onBlur:()=>text.trim()!==asked&&onChange({search:text.trim(),end_user:""})})]}),
a2(Field,{id:"state",label:"State",value:filters.state??"",onInput:state=>onChange({state}),options:[{value:"",label:"Ev\
ery state"},...states.map(([value,{label}])=>({value,label}))]}),a2(Field,{id:"integration",label:"Integration",value:filters.
integration??"",onInput:integration=>onChange({integration}),options:[{value:"",label:"Every integration"},...integrations.
map(one=>({value:one.key,label:one.display_name||one.key}))]}),a2(Field,{id:"order",label:"Order",value:filters.order_by??
NEWEST_FIRST,onInput:order_by=>onChange({order_by}),options:[{value:NEWEST_FIRST,label:"Newest first"},{value:"create_ti\
me",label:"Oldest first"},{value:"end_time",label:"Ending soonest"}]}),(filters.ends_before||filters.ends_after)&&a2("bu\
tton",{type:"button",class:"pill","aria-pressed":"true",onClick:()=>onChange({ends_before:"",ends_after:""}),children:["\
Ends ",filters.ends_after&&a2($,{children:["after ",a2(When,{time:filters.ends_after})," "]}),filters.ends_before&&a2($,
{children:["before ",a2(When,{time:filters.ends_before})]})," ×"]})]})}function NoneYet({onLink}){return a2(Empty,{title:"\
No connections yet",action:a2($,{children:[can("sessions:write")&&a2(Button,{kind:"primary",icon:"link",onClick:onLink,children:"\
Create a link"}),a2("a",{class:"button button-secondary",href:"/dashboard/start",children:"Read the guide"})]}),children:"\
A connection appears here when an end user connects an account. Create a link and open it yourself to see how it goes."})}
function NoneFits({onClear,more}){return a2(Empty,{title:more?"None on this page":"No connection fits",action:a2(Button,
{onClick:onClear,children:"Clear the filters"}),children:more?"There are more pages to look through.":"Try another searc\
h, or fewer filters."})}var KEPT=400,AGAIN_AFTER=2e3;function useFollow(path,item,id,from=""){let[items,set]=d2([]),[waiting,wait]=d2([]),[still,
stand]=d2(!1),[problem,tell]=d2(void 0),standing=T2(!1);return standing.current=still,A2(()=>{let controller=new AbortController,
put=(list2,one)=>[one,...list2.filter(other=>id(other)!==id(one))].slice(0,KEPT);return(async()=>{let token=from;for(;!controller.
signal.aborted;){try{let separator=path.includes("?")?"&":"?";for await(let message2 of watch(token?`${path}${separator}\
resume_token=${encodeURIComponent(token)}`:path,controller.signal)){tell(void 0),token=message2.resume_token??token;let one=item(
message2);one&&(standing.current?wait:set)(before=>put(before,one))}}catch(error){if(controller.signal.aborted)return;tell(
asProblem(error))}await new Promise(resolve=>setTimeout(resolve,AGAIN_AFTER))}})(),()=>controller.abort()},[path]),{items,
waiting:waiting.length,still,problem,pause:()=>stand(!0),go:()=>{set(before=>[...waiting,...before].slice(0,KEPT)),wait(
[]),stand(!1)},clear:()=>set([])}}function LiveBar({of}){return a2($,{children:[a2("span",{class:"row",role:"status",children:[
a2("span",{class:`pulse${of.still||of.problem?" still":""}`,"aria-hidden":"true"}),a2("span",{class:"muted",children:of.
problem?"Trying again":of.still?`Paused · ${plural(of.waiting,"new one")} waiting`:"Live"})]}),a2(Button,{onClick:of.still?
of.go:of.pause,children:of.still?"Go on":"Pause"}),a2(Button,{onClick:of.clear,children:"Clear"}),of.problem&&of.problem.
status!==0&&a2(Trouble,{problem:of.problem})]})}var TONES2=[[/failed/,"bad"],[/degraded|expiring|opened/,"warn"],[/created|recovered|reauthorized|closed/,"good"]],name=type=>type.
replace(/^dev\.latchkey\./,"").replace(/\.v\d+$/,"");function EventsScreen(){let followed=useFollow("/events:watch",message2=>message2.
event,one=>one.id,"0-0"),[text,type]=d2(""),[kind,choose]=d2(""),kinds=[...new Set(followed.items.map(one=>name(one.type)))].
sort(),shown=followed.items.filter(one=>(!kind||name(one.type)===kind)&&(!text||JSON.stringify(one).toLowerCase().includes(
text.toLowerCase())));return a2(Page,{title:"Events",lead:"What happens, as backends are told it: from the event store i\
tself, so nothing is missed.",actions:a2(LiveBar,{of:followed}),children:[a2("div",{class:"filters",role:"search","aria-\
label":"Events",children:[a2("span",{class:"control search",children:[a2(Icon,{name:"search",size:16}),a2("input",{type:"\
search","aria-label":"Search events",placeholder:"Search in events…",value:text,onInput:event=>type(event.currentTarget.
value)})]}),a2(Field,{id:"kind",label:"Type",value:kind,onInput:choose,options:[{value:"",label:"Every type"},...kinds.map(
one=>({value:one,label:one}))]})]}),a2(Card,{flush:!0,children:shown.length>0?a2("ul",{class:"live",children:shown.map(one=>a2(
EventRow,{of:one},one.id))}):a2(Empty,{title:followed.items.length>0?"No event fits":"Waiting for events",children:"Conn\
ect an account, or break one on purpose, and it is told here within a moment."})}),a2(Card,{title:"Follow them yourself",
lead:"Over HTTP as server-sent events, over gRPC as a stream, or from NATS.",children:a2(Snippet,{label:"following event\
s",code:`curl -N -H "Authorization: Bearer $LATCHKEY_API_KEY" \\
  ${session.value?.public_url}/v1/events:watch`})})]})}function EventRow({of}){let kind=name(of.type),tone=TONES2.find(([
pattern])=>pattern.test(kind))?.[1]??"quiet";return a2("li",{children:a2("details",{children:[a2("summary",{children:[a2(
When,{time:of.time}),a2("span",{children:a2(Badge,{tone,children:kind})}),a2("span",{class:"muted",children:summary(of)})]}),
a2("div",{class:"live-body stack",children:[a2(Facts,{of:[["Id",a2(Copyable,{text:of.id,label:"id"})],["Subject",of.subject&&
a2("code",{children:of.subject})],["Time",exact(of.time)],...of.connection_id?[["Connection",a2("a",{href:`/dashboard/co\
nnections/${of.connection_id}`,children:of.connection_id})]]:[]]}),a2(Snippet,{label:"data",code:JSON.stringify(of.data??
{},null,2)}),a2("span",{children:a2(CopyButton,{wordy:!0,label:"Copy event",text:JSON.stringify(of,null,2)})})]})]})})}function summary(of){
let{connection,failure,integration,provider}=of.data??{};return[connection?.end_user?.id,connection?.integration??integration??
provider,failure?.cause??failure?.reason].filter(Boolean).join(" · ")||(of.connection_id??of.subject??"")}function Bars({title,bars,unit}){let[asTable,show]=d2(!1),most=Math.max(1,...bars.map(bar=>bar.value));return a2("figure",
{class:"chart",children:[asTable?a2("table",{class:"table plain",children:[a2("caption",{class:"for-readers",children:title}),
a2("thead",{children:a2("tr",{children:[a2("th",{scope:"col",children:title}),a2("th",{scope:"col",class:"end",children:unit})]})}),
a2("tbody",{children:bars.map(bar=>a2("tr",{children:[a2("th",{scope:"row",children:bar.label}),a2("td",{class:"end",children:[
count(bar.value),!!bar.marked?.value&&`, ${count(bar.marked.value)} ${bar.marked.label}`]})]},bar.label))})]}):a2("ol",{
class:"bars",children:bars.map(bar=>a2("li",{children:a2(BarBody,{bar,share:bar.value/most,unit})},bar.label))}),a2("fig\
caption",{children:a2("button",{type:"button",class:"text-button","aria-pressed":asTable,onClick:()=>show(!asTable),children:asTable?
"Show as chart":"Show as table"})})]})}function BarBody({bar,share,unit}){let body=a2($,{children:[a2("span",{class:"bar\
-value",children:count(bar.value)}),a2("span",{class:"bar-room","aria-hidden":"true",children:a2("span",{class:`bar-fill\
 fill-${bar.tone}`,style:{height:`${bar.value?Math.max(3,share*100):0}%`},children:!!bar.marked?.value&&a2("span",{class:`\
fill-${bar.marked.tone}`,style:{height:`${Math.max(6,100*bar.marked.value/bar.value)}%`}})})}),a2("span",{class:"bar-lab\
el",children:bar.label}),a2("span",{class:"for-readers",children:[" ",unit,!!bar.marked?.value&&`, ${count(bar.marked.value)}\
 ${bar.marked.label}`]})]});return bar.href&&bar.value?a2("a",{class:"bar",href:bar.href,children:body}):a2("span",{class:"\
bar",children:body})}function Shares({of}){let whole2=of.reduce((sum,part)=>sum+part.value,0);return a2("span",{class:"s\
hares",role:"img","aria-label":of.filter(part=>part.value).map(part=>`${count(part.value)} ${part.label}`).join(", ")||"\
none",children:of.map(part=>part.value>0&&a2("span",{class:`fill-${part.tone}`,style:{flexGrow:part.value/whole2}},part.
label))})}var DAY2=864e5,LOOKED_AT=500;function Providers(){let since=new Date(Date.now()-DAY2).toISOString(),logs=useLoad(signal=>api(
`/auth-logs${query({start_time:since,page_size:LOOKED_AT})}`,{signal}),[]);return a2(Card,{flush:!0,title:"Providers",lead:"\
Connecting, refreshing and verifying in the last 24 hours.",children:a2(Awaited,{of:logs,rows:4,children:({logs:found=[],
next_page_token})=>{let tallies=tally(found);return tallies.length===0?a2(Empty,{title:"Nothing tried yet",children:"Onc\
e somebody connects or a token is refreshed, each provider has a line here."}):a2($,{children:[a2("ul",{class:"list",children:tallies.
map(one=>a2(Row,{of:one},one.provider))}),next_page_token&&a2("p",{class:"card-note muted",children:["Of the latest ",count(
LOOKED_AT)," attempts."]})]})}})})}function Row({of}){let all=of.good+of.failed;return a2("li",{children:[a2(Logo,{name:of.
provider,size:28}),a2("a",{class:"row-link grow",href:`/dashboard/providers/${encodeURIComponent(of.provider)}`,children:of.
provider}),of.why&&a2("span",{class:"tag",children:of.why}),a2("span",{class:"muted",children:[(100*of.good/all).toFixed(
of.failed?1:0)," % of ",plural(all,"attempt")]}),a2(Shares,{of:[{tone:"good",value:of.good,label:"succeeded"},{tone:"bad",
value:of.failed,label:"failed"}]})]})}function tally(logs){let by=new Map;for(let log of logs){let[outcome,why]=[word(log.
outcome,"AUTH_LOG_OUTCOME"),log.failure?.reason??"UNKNOWN"];if(!log.provider||!["SUCCESS","FAILURE"].includes(outcome)||
outcome==="FAILURE"&&log.whose_turn==="END_USER")continue;let here2=by.get(log.provider)??{good:0,whys:[]};outcome==="SU\
CCESS"?here2.good+=1:here2.whys.push(why),by.set(log.provider,here2)}return[...by].map(([provider,{good,whys}])=>({provider,
good,failed:whys.length,why:commonest(whys)})).sort((one,other)=>other.failed/(other.good+other.failed)-one.failed/(one.
good+one.failed)||one.provider.localeCompare(other.provider))}function commonest(words){let times=one=>words.filter(other=>other===
one).length;return[...words].sort((one,other)=>times(other)-times(one))[0]}var whole=point=>point.parts.reduce((sum,part)=>sum+part.value,0);function Series({title,points,missing,from,days}){let told=days?
onDay:exact,[asTable,show]=d2(!1),[chosen,choose]=d2(void 0),at2=Math.min(chosen??points.length-1,points.length-1),point=points[at2],
most=Math.max(1,...points.map(whole));return point?a2("figure",{class:"chart series",children:[asTable?a2(SeriesTable,{title,
points,told}):a2($,{children:[a2("div",{class:"series-room","aria-hidden":"true",children:[a2("span",{class:"series-most",
children:count(most)}),Array.from({length:missing},(_4,number)=>a2("span",{class:"series-column"},`none-${number}`)),points.
map((one,number)=>a2("span",{class:`series-column${number===at2?" chosen":""}`,onPointerEnter:()=>choose(number),onPointerDown:()=>choose(
number),children:one.parts.map(part=>part.value>0&&a2("span",{class:`fill-${part.tone}`,style:{height:`${100*part.value/
most}%`}},part.label))},one.at))]}),a2("div",{class:"series-axis muted","aria-hidden":"true",children:[a2("span",{children:told(
from)}),a2("span",{children:"Now"})]}),points.length>1&&a2("input",{type:"range",class:"series-slider","aria-label":`Ins\
tant of “${title}”`,"aria-valuetext":`${told(point.at)}: ${inWords(point)}`,min:0,max:points.length-1,value:at2,style:{
marginInlineStart:`${100*missing/(missing+points.length)}%`},onInput:event=>choose(Number(event.currentTarget.value))}),
a2("p",{class:"series-words",children:[a2("strong",{children:at2===points.length-1?"Now":told(point.at)}),point.parts.map(
part=>a2("a",{href:part.href,children:[a2(Dot,{tone:part.tone}),count(part.value)," ",part.label]},part.label))]})]}),a2(
"figcaption",{children:a2("button",{type:"button",class:"text-button","aria-pressed":asTable,onClick:()=>show(!asTable),
children:asTable?"Show as chart":"Show as table"})})]}):null}var inWords=point=>point.parts.map(part=>`${count(part.value)}\
 ${part.label}`).join(", ");function SeriesTable({title,points,told}){return a2("div",{class:"series-table",tabIndex:0,role:"\
group","aria-label":title,children:a2("table",{class:"table plain",children:[a2("caption",{class:"for-readers",children:title}),
a2("thead",{children:a2("tr",{children:[a2("th",{scope:"col",children:"When"}),points[0]?.parts.map(part=>a2("th",{scope:"\
col",class:"end",children:part.label},part.label))]})}),a2("tbody",{children:[...points].reverse().map(point=>a2("tr",{children:[
a2("th",{scope:"row",children:told(point.at)}),point.parts.map(part=>a2("td",{class:"end",children:count(part.value)},part.
label))]},point.at))})]})})}var STACKED=["NEEDS_REAUTH","DEGRADED","ACTIVE","DISABLED"],HOUR=36e5,SPANS={day:{label:"24 hours",step:HOUR,steps:24},month:{
label:"30 days",step:24*HOUR,steps:30}};function StatesOverTime({integrations}){let[wished,choose]=d2(void 0),[integration,
restrict]=d2(""),found=useLoad(async signal=>{let ask=async span=>{let{step,steps}=SPANS[span],from=Math.floor(Date.now()/
step)*step-(steps-1)*step,asked={integration,series_from:new Date(from).toISOString(),series_step:`${step/1e3}s`};return{
span,from,of:await api(`/connections:aggregate${query(asked)}`,{signal})}},far=await ask(wished??"month");return wished||
(far.of.series??[]).length>2?far:ask("day")},[wished,integration]);return a2(Card,{title:"Connections over time",lead:"B\
y state, and when that changed.",actions:a2("div",{class:"pills",role:"group","aria-label":"How far back",children:Object.
entries(SPANS).map(([name2,{label}])=>a2("button",{type:"button",class:"pill","aria-pressed":name2===(wished??found.data?.
span),onClick:()=>choose(name2),children:label},name2))}),children:[integrations.length>1&&a2("div",{class:"narrow",children:a2(
Field,{id:"series-integration",label:"Integration",value:integration,onInput:restrict,options:[{value:"",label:"All of t\
hem"},...integrations.map(key=>({value:key,label:key}))]})}),a2(Awaited,{of:found,rows:4,children:({span,from,of})=>{let points=pointsOf(
of,integration);return points.some(point=>point.parts.some(part=>part.value))?a2(Series,{title:"Connections by state",points,
missing:Math.max(0,SPANS[span].steps+1-points.length),from,days:span==="month"}):a2(Empty,{title:"No connection yet",children:"\
From the first one on, each column says how many there were of each state."})}})]})}function pointsOf(of,integration){let restricted=integration?
{integration}:{};return(of.series??[]).map(({time,counts=[]})=>({at:new Date(time).getTime(),parts:STACKED.map(state=>({
label:STATES[state].label.toLowerCase(),tone:STATES[state].tone,value:counts.find(one=>word(one.state,"CONNECTION_STATE")===
state)?.count??0,href:connectionsHref({state,...restricted})}))}))}var SHOWN2=["ACTIVE","DEGRADED","NEEDS_REAUTH","DISABLED"],DAY3=864e5;function HealthScreen(){let counted=useLoad(signal=>api(
"/connections:aggregate",{signal}),[]),incidents=useLoad(signal=>api("/incidents",{signal}),[]),troubled=useLoad(async signal=>(await Promise.
all(["NEEDS_REAUTH","DEGRADED"].map(state=>api(`/connections${query({state:`CONNECTION_STATE_${state}`,page_size:6,order_by:"\
create_time desc"})}`,{signal})))).flatMap(page=>page.connections??[]),[]),again=()=>{Promise.all([counted.again(),incidents.
again(),troubled.again()])};return a2(Page,{title:"Health",lead:"Whether anything is broken, for whom, and whose turn it\
 is.",actions:a2(Button,{icon:"refresh",busy:counted.loading,onClick:again,children:"Refresh"}),children:[a2(Awaited,{of:counted,
rows:3,children:data=>a2(Tiles,{of:data})}),a2(StatesOverTime,{integrations:[...new Set((counted.data?.counts??[]).map(one=>one.
integration))].sort()}),a2("div",{class:"columns even",children:[a2(Card,{flush:!0,title:"Incidents",lead:"What is wrong\
 with an app, a provider or this installation, and so with no single connection.",children:a2(Awaited,{of:incidents,rows:2,
children:({incidents:open=[]})=>open.length>0?open.map(incident=>a2(IncidentRow,{of:incident},`${incident.kind}-${incident.
integration}-${incident.begin_time}`)):a2(Empty,{title:"No incident is open",children:"Many failures with one cause are \
told here once, and not once for each connection."})})}),a2(RefreshSuccess,{})]}),a2("div",{class:"columns even",children:[
a2(Card,{title:"Time to expiry",lead:"When tokens run out unless they are refreshed before, which is done by itself.",children:a2(
Awaited,{of:counted,rows:4,children:data=>a2(Expiries,{of:data})})}),a2(Card,{title:"Time to the end",lead:"When connect\
ions stop for good unless somebody acts.",children:a2(Awaited,{of:counted,rows:4,children:data=>a2(Endings,{of:data})})})]}),
a2(Card,{flush:!0,title:"Integrations",lead:"Connections by state.",children:a2(Awaited,{of:counted,rows:4,children:data=>a2(
ByIntegration,{of:data})})}),a2(Providers,{}),a2(Card,{flush:!0,title:"Needs attention",lead:"The newest connections tha\
t are broken or failing.",children:a2(Awaited,{of:troubled,rows:3,children:connections=>connections.length>0?a2(Troubled,
{connections}):a2(Empty,{title:"Nothing needs attention",children:"Connections whose provider refuses them, or whose las\
t refresh failed, are listed here."})})})]})}function total(of,state,integration){return(of.counts??[]).filter(one=>word(
one.state,"CONNECTION_STATE")===state&&(!integration||one.integration===integration)).reduce((sum,one)=>sum+(one.count??
0),0)}function Tiles({of}){return a2("div",{class:"tiles",children:SHOWN2.map(state=>a2("a",{class:"tile",href:connectionsHref(
{state}),children:[a2("span",{class:"tile-name",children:[a2(Dot,{tone:STATES[state].tone}),STATES[state].label]}),a2("s\
pan",{class:"tile-value",children:count(total(of,state))}),a2("span",{class:"tile-note",children:STATES[state].meaning})]},
state))})}function IncidentRow({of}){return a2("div",{class:"incident",children:[a2("span",{class:"row",children:[a2(Badge,
{tone:of.state==="HALF_OPEN"?"warn":"bad",children:of.state==="HALF_OPEN"?"Being tried":"Open"}),a2("strong",{children:of.
integration||of.provider||(of.kind==="REFRESHING_PAUSED"?"This environment":"This installation")}),a2("span",{class:"mut\
ed",children:a2(When,{time:of.begin_time})}),of.whose_turn&&of.whose_turn!=="NOBODY"&&a2("span",{class:"tag",children:[turn(
of.whose_turn),"’s turn"]})]}),a2("p",{children:a2(Coded,{text:of.what_happened})}),a2("p",{class:"muted",children:a2(
Coded,{text:of.what_to_do})})]})}function RefreshSuccess(){let since=new Date(Date.now()-DAY3),logs=useLoad(signal=>api(
`/auth-logs${query({operation:"AUTH_LOG_OPERATION_REFRESH",start_time:since.toISOString(),page_size:500})}`,{signal}),[]);
return a2(Card,{title:"Refreshes",lead:"Of the last 24 hours.",children:a2(Awaited,{of:logs,rows:4,children:({logs:found=[],
next_page_token})=>{if(found.length===0)return a2(Empty,{title:"No refresh yet",children:"Tokens that are about to expir\
e are refreshed by themselves. What came of it is counted here."});let outcome=one=>word(one.outcome,"AUTH_LOG_OUTCOME"),
ended=found.filter(one=>outcome(one)!=="PENDING"),good=ended.filter(one=>outcome(one)!=="FAILURE").length;return a2($,{children:[
a2("div",{class:"row",children:[a2("span",{class:"tile-value",children:ended.length?`${(100*good/ended.length).toFixed(good===
ended.length?0:1)} %`:"—"}),a2("span",{class:"muted",children:[count(good)," of ",plural(ended.length,"refresh","refre\
shes")," succeeded",next_page_token&&", of the latest 500"]})]}),a2(Bars,{title:"Hours ago",unit:"refreshes",bars:byHours(
found)})]})}})})}function byHours(logs){return[24,20,16,12,8,4].map(hours=>{let there=logs.filter(one=>{let ago=Date.now()-
new Date(one.start_time??0).getTime();return ago<hours*36e5&&ago>=(hours-4)*36e5}),failed=there.filter(one=>word(one.outcome,
"AUTH_LOG_OUTCOME")==="FAILURE").length;return{label:`${hours-4}–${hours} h`,value:there.length,tone:"good",marked:{value:failed,
tone:"bad",label:"failed"}}})}function Expiries({of}){let stretches=of.expiring??[];return stretches.some(({count:count2})=>count2)?
a2(Bars,{title:"Time left",unit:"tokens",bars:stretches.map(stretch=>({label:labelOf(stretch,"Over"),value:stretch.count??
0,tone:stretch.from?"info":"bad"}))}):a2(Empty,{title:"No token runs out",children:"Tokens that a provider gives for a w\
hile are counted here by the time that is left."})}function labelOf({from,until},over){return from?until?`< ${lasting(millis(
until))}`:`> ${lasting(millis(from))}`:over}function Endings({of}){let buckets=of.ending??[];if(!buckets.some(bucket=>bucket.
count))return a2(Empty,{title:"No connection is known to end",children:"Some providers end a grant after a while, or whe\
n it is not used. Those are counted here by the time that is left."});let bars=buckets.map(bucket=>{let tone=bucket.from?
millis(bucket.until)<=7*DAY3&&bucket.until?"warn":"info":"bad",after=bucket.from?new Date(Date.now()+millis(bucket.from)).
toISOString():void 0,before=bucket.until?new Date(Date.now()+millis(bucket.until)).toISOString():void 0;return{label:labelOf(
bucket,"Ended"),value:bucket.count??0,tone,href:connectionsHref({order_by:"end_time",...after&&{ends_after:after},...before&&
{ends_before:before}})}});return a2(Bars,{title:"Time left",unit:"connections",bars})}function ByIntegration({of}){let keys=[
...new Set((of.counts??[]).map(one=>one.integration))].sort();return keys.length===0?a2(Empty,{title:"No connections yet",
action:a2("a",{class:"button button-secondary",href:"/dashboard/start",children:"Getting started"}),children:"Once end u\
sers connect, each integration has a line here."}):a2("ul",{class:"list",children:keys.map(key=>{let parts=SHOWN2.map(state=>({
tone:STATES[state].tone,label:STATES[state].label.toLowerCase(),value:total(of,state,key)}));return a2("li",{children:[a2(
Logo,{name:key,size:28}),a2("a",{class:"row-link grow",href:`/dashboard/integrations/${encodeURIComponent(key)}`,children:key}),
a2("span",{class:"muted",children:plural(parts.reduce((sum,part)=>sum+part.value,0),"connection")}),a2(Shares,{of:parts})]},
key)})})}function Troubled({connections}){return a2("ul",{class:"list",children:connections.map(one=>a2("li",{children:[
a2(StateBadge,{state:stateOf(one)}),a2("a",{class:"row-link grow",href:`/dashboard/connections/${one.id}`,children:[one.
display_name||one.end_user," ",a2("span",{class:"muted",children:["at ",one.integration]})]}),one.failure?.reason&&a2("s\
pan",{class:"tag",children:one.failure.cause??one.failure.reason}),one.failure?.owner&&a2("span",{class:"muted",children:[
turn(one.failure.owner),"’s turn"]})]},one.id))})}var VERDICTS={ACCEPTED:{kind:"success",title:"The provider accepts your app"},REFUSED:{kind:"danger",title:"The provider\
 refuses your app"},CANNOT_TELL:{kind:"info",title:"That cannot be told from here"}};function CheckClient({integration,atOnce,
before}){let{busy,problem,run}=useAction(),[told,tell]=d2(void 0),check=()=>run(async()=>{tell(void 0),tell(await api(`/\
integrations/${encodeURIComponent(integration)}:check`,{body:{}}))});A2(()=>{atOnce&&check()},[]),A2(()=>tell(void 0),[before]);
let verdict=told&&(VERDICTS[word(told.verdict,"CLIENT_VERDICT")]??VERDICTS.CANNOT_TELL),said=told?.failure?.provider_error;
return a2(Card,{title:"Client id and secret",lead:"The provider is asked whether it accepts them, as they are saved. No \
end user takes part.",actions:a2(Button,{busy,onClick:()=>{check()},children:"Check them"}),children:a2("div",{role:"sta\
tus",class:"stack",children:[verdict&&a2(Notice,{kind:verdict.kind,title:verdict.title,children:[a2("p",{children:told.explanation}),
said?.code&&a2("p",{class:"muted",children:["It said ",a2("code",{children:said.code}),said.description&&`: “${said.description}\
”`]}),told.auth_log_id&&a2("p",{children:a2("a",{href:`/dashboard/logs?log=${told.auth_log_id}`,children:"What was ask\
ed"})})]}),problem&&a2(Trouble,{problem})]})})}var OTHER_ACCOUNT=[{value:"OTHER_ACCOUNT_WARN",label:"Tell them, and let them choose"},{value:"OTHER_ACCOUNT_BLOCK",label:"\
Do not take it"},{value:"OTHER_ACCOUNT_ALLOW",label:"Take it without a word"}],SECRET_WORDS={show:"Show",hide:"Hide"};function wishOf(provider,present){
return{key:present?.key??provider.id,display_name:present?.display_name??provider.name,client_id:present?.client_id??"",
client_secret:"",scopes:present?.scopes??[],fields:{...present?.fields},other_account:present?.other_account??"OTHER_ACC\
OUNT_WARN"}}var appInputs=provider=>(provider.inputs??[]).filter(input=>input.ask==="integration"&&!["client_id","client\
_secret"].includes(input.name)),hasClient=provider=>["OAUTH2","OAUTH2_CC","OAUTH1","APP"].includes(provider.auth_mode??"");
function bodyOf(provider,wish){let typed=appInputs(provider).filter(input=>wish.fields[input.name]),pairs=secret=>Object.
fromEntries(typed.filter(input=>!!input.secret===secret).map(input=>[input.name,wish.fields[input.name]?.trim()]));return{
integration:{provider:provider.id,display_name:wish.display_name.trim(),client_id:wish.client_id.trim(),scopes:wish.scopes,
fields:pairs(!1),other_account:wish.other_account},...wish.client_secret&&{client_secret:wish.client_secret.trim()},secret_fields:pairs(
!0)}}function IntegrationFields({provider,wish,onChange,withKey=!1,kept=!1,problem,keyError}){let set=change=>onChange({
...wish,...change}),stays=kept?{placeholder:"Unchanged"}:void 0;return a2($,{children:[a2(Field,{id:"display-name",label:"\
Name",help:"What your end users read.",value:wish.display_name,onInput:display_name=>set({display_name}),error:wrong(problem,
"integration.display_name")}),withKey&&a2(Field,{id:"key",label:"Key",help:"What your code calls it. It cannot be change\
d later.",value:wish.key,onInput:key=>set({key}),error:keyError}),hasClient(provider)&&a2($,{children:[a2(Field,{id:"cli\
ent-id",label:"Client id",value:wish.client_id,onInput:client_id=>set({client_id}),error:wrong(problem,"integration.clie\
nt_id")}),a2(Field,{id:"client-secret",label:"Client secret",value:wish.client_secret,onInput:client_secret=>set({client_secret}),
secret:SECRET_WORDS,error:wrong(problem,"client_secret"),input:stays}),a2(Scopes,{scopes:wish.scopes,url:provider.details?.
scopes_url,error:wrong(problem,"integration.scopes"),onChange:scopes=>set({scopes})})]}),appInputs(provider).map(input=>a2(
Field,{id:`input-${input.name}`,label:input.label||input.name,help:input.help,optional:input.required?void 0:"optional",
value:wish.fields[input.name]??"",onInput:value=>set({fields:{...wish.fields,[input.name]:value}}),secret:input.secret?SECRET_WORDS:
void 0,input:input.secret?stays:void 0},input.name)),a2(Field,{id:"other-account",label:"Reconnecting with another accou\
nt",help:"Where the provider tells that somebody who reconnects is signed in with another account than the connection ha\
s.",value:wish.other_account,onInput:other_account=>set({other_account}),options:OTHER_ACCOUNT,error:wrong(problem,"inte\
gration.other_account")})]})}function Scopes({scopes,url,error,onChange}){let[text,type]=d2("");return a2("div",{class:"\
stack",onFocusOut:()=>{let more=text.split(/[\s,]+/).filter(Boolean);more.length>0&&onChange([...new Set([...scopes,...more])]),
type("")},children:[a2(Field,{id:"scopes",label:"Scopes",optional:"optional",error,help:a2($,{children:["What your app a\
sks for, beside what is always asked for. ",url&&a2("a",{href:url,target:"_blank",rel:"noopener noreferrer",children:"Wh\
ich there are"})]}),value:text,onInput:value=>/[\s,]$/.test(value)&&value.trim()?(onChange([...new Set([...scopes,...value.
split(/[\s,]+/).filter(Boolean)])]),type("")):type(value),input:{placeholder:"Type or paste, divided by spaces"}}),scopes.
length>0&&a2("span",{class:"scopes",children:scopes.map(scope2=>a2("span",{class:"tag",children:[scope2,a2("button",{type:"\
button","aria-label":`Remove ${scope2}`,onClick:()=>onChange(scopes.filter(one=>one!==scope2)),children:"×"})]},scope2))})]})}var EVERY=1500;function TestConnection({integration,onClose}){let endUser=`operator:${session.value?.operator??""}`,begun=useLoad(
()=>api("/connect-sessions",{body:{end_user:endUser,integrations:[integration],display_name:"Test connection"}}),[integration]),
id=begun.data?.session_id,{state,problem}=useFollowed(id),came=word(state?.state,"SESSION_STATE");return a2(Dialog,{title:"\
Test connection",onClose,actions:a2($,{children:[a2(Button,{onClick:onClose,children:"Close"}),came==="COMPLETED"?a2("a",
{class:"button button-primary",href:`/dashboard/connections/${state?.connection_id}`,children:"Open the connection"}):begun.
data&&a2("a",{class:"button button-primary",href:begun.data.connect_link,target:"_blank",rel:"noopener noreferrer",children:"\
Open the connect page"})]}),children:a2("div",{class:"stack",children:[a2("p",{class:"muted",children:["You connect an a\
ccount of your own, on the page that your end users see. It belongs to the end user ",a2("code",{children:endUser}),"."]}),
a2(Awaited,{of:begun,rows:1,children:()=>a2("div",{role:"status",class:"stack",children:[came==="COMPLETED"&&a2(Notice,{
kind:"success",title:"It works: an account is connected",children:a2("p",{children:"Its credential is kept and refreshed\
 like any other. Delete the connection when you have seen enough."})}),came==="EXPIRED"&&a2(Notice,{kind:"warning",title:"\
The link has run out",children:"Close this and begin again."}),(came==="OPEN"||!came)&&a2($,{children:[state?.last_failure&&
a2(Notice,{kind:"danger",title:`The last attempt failed: ${sentence(state.last_failure)}`,children:a2("p",{children:["Th\
e ",a2("a",{href:`/dashboard/logs?integration=${encodeURIComponent(integration)}`,children:"auth logs"})," tell each ste\
p. You can try again on the connect page."]})}),a2("p",{class:"row muted",children:[a2(Spinner,{})," Waiting for what co\
mes of it"]})]})]})}),problem&&a2(Trouble,{problem})]})})}function useFollowed(id){let[now2,tell]=d2({});return A2(()=>{
if(!id)return;let timer,over=!1,look2=async()=>{try{let state=await api(`/connect-sessions/${id}`);if(over||(tell({state}),
word(state.state,"SESSION_STATE")!=="OPEN"))return}catch(error){if(over)return;tell({problem:asProblem(error)})}timer=setTimeout(
()=>{look2()},EVERY)};return look2(),()=>{over=!0,clearTimeout(timer)}},[id]),now2}function IntegrationsScreen(){let found=useLoad(signal=>api("/integrations",{signal}),[]),counted=useLoad(signal=>api("/\
connections:aggregate",{signal}),[]),add=a2("a",{class:"button button-primary",href:"/dashboard/providers",children:"Add\
 an integration"});return a2(Page,{title:"Integrations",lead:"Your apps at providers, and what your end users can choose\
 from.",actions:can("integrations:admin")&&add,children:a2(Card,{flush:!0,children:a2(Awaited,{of:found,children:({integrations=[]})=>integrations.
length>0?a2(Table,{caption:"Integrations",columns:columns(counted.data),rows:integrations,id:row=>row.key,href:row=>`/da\
shboard/integrations/${encodeURIComponent(row.key)}`}):a2(Empty,{title:"No integrations yet",action:add,children:"Choose\
 a provider from the catalogue and bring your app’s client id and secret. End users can connect right after."})})})})}
function sharesOf(of,integration){return["ACTIVE","DEGRADED","NEEDS_REAUTH","DISABLED"].map(state=>{let one=(of?.counts??
[]).find(it=>it.integration===integration&&word(it.state,"CONNECTION_STATE")===state);return{state,tone:STATES[state].tone,
label:STATES[state].label.toLowerCase(),value:one?.count??0}})}function columns(counted){return[{name:"Integration",cell:row=>a2(
"span",{class:"cell-main",children:[a2(Logo,{name:row.display_name||row.key,size:28}),a2("span",{class:"cell-text",children:[
a2("span",{children:row.display_name||row.key}),a2("small",{children:row.key})]})]})},{name:"Provider",minor:!0,cell:row=>row.
provider},{name:"Connections",cell:row=>{let parts=sharesOf(counted,row.key);return a2("span",{class:"row",children:[a2(
Shares,{of:parts}),a2("span",{class:"muted",children:plural(parts.reduce((sum,part)=>sum+part.value,0),"connection")})]})}},
{name:"Scopes",minor:!0,cell:row=>row.scopes?.length?plural(row.scopes.length,"scope"):a2("span",{class:"muted",children:"\
Defaults"})},{name:"Added",minor:!0,cell:row=>a2(When,{time:row.create_time})}]}function IntegrationScreen(){let{params}=useRoute(),{query:address,route}=useLocation(),key=params.key??"",found=useLoad(
async signal=>{let{integration}=await api(`/integrations/${encodeURIComponent(key)}`,{signal}),[{provider},counted]=await Promise.
all([api(`/providers/${encodeURIComponent(integration.provider)}`,{signal}),api("/connections:aggregate",{signal}).catch(
()=>{})]);return{integration,provider,counted,saved:String(Date.now())}},[key]),[asking,ask]=d2(void 0),name2=found.data?.
integration.display_name||key;return a2(Page,{title:name2,crumbs:[{label:"Integrations",href:"/dashboard/integrations"}],
actions:found.data&&a2($,{children:[can("sessions:write")&&a2($,{children:[a2(Button,{kind:"primary",onClick:()=>ask("te\
st"),children:"Test connection"}),a2(Button,{icon:"link",onClick:()=>ask("link"),children:"Create a link"})]}),can("inte\
grations:admin")&&a2(Button,{kind:"danger",onClick:()=>ask("delete"),children:"Delete"})]}),children:[address.new&&a2(Notice,
{kind:"success",title:`${name2} is added`,children:a2("p",{children:"Connect an account of your own to see that it works\
: “Test connection” takes you to the page that your end users see."})}),a2(Awaited,{of:found,rows:8,children:known2=>a2(
$,{children:[a2("div",{class:"tiles",children:sharesOf(known2.counted,key).map(part=>a2("a",{class:"tile",href:connectionsHref(
{integration:key,state:part.state}),children:[a2("span",{class:"tile-name",children:[a2(Dot,{tone:part.tone}),STATES[part.
state].label]}),a2("span",{class:"tile-value",children:count(part.value)})]},part.state))}),a2("div",{class:"columns",children:[
a2(Settings,{known:known2,again:found.again},key),a2("div",{class:"stack",children:[can("integrations:admin")&&hasClient(
known2.provider)&&a2(CheckClient,{integration:key,atOnce:!!address.check,before:known2.saved},key),a2(Card,{title:"Facts",
children:a2(Facts,{of:[["Key",a2(Copyable,{text:known2.integration.key,label:"key"})],["Provider",a2("a",{href:`/dashboa\
rd/providers/${known2.provider.id}`,children:known2.provider.name})],["Redirect URL",known2.integration.redirect_uri&&a2(
Copyable,{text:known2.integration.redirect_uri,label:"redirect URL"})],["Added",a2(When,{time:known2.integration.create_time})]]})}),
a2(Card,{title:"Let an end user connect",children:a2(Snippets,{of:forSession(key),label:"creating a session"})})]})]})]})}),
asking==="test"&&a2(TestConnection,{integration:key,onClose:()=>{ask(void 0),found.again()}}),asking==="link"&&a2(ConnectLink,
{integration:key,onClose:()=>{ask(void 0),found.again()}}),asking==="delete"&&a2(Confirm,{title:`Delete ${name2}?`,verb:"\
Delete integration",onClose:()=>ask(void 0),work:async()=>{await api(`/integrations/${encodeURIComponent(key)}`,{method:"\
DELETE"}),route("/dashboard/integrations")},children:a2("p",{children:"Nobody can connect with it any more, and its conn\
ections cannot be refreshed without it. They stay until they are deleted."})})]})}function Settings({known:known2,again}){
let{integration,provider}=known2,before=wishOf(provider,integration),[wish,change]=d2(before),{busy,problem,run}=useAction(),
[saved,tell]=d2(!1),changed=JSON.stringify(wish)!==JSON.stringify(before),live=sharesOf(known2.counted,integration.key).
reduce((sum,part)=>sum+part.value,0),save2=async()=>{let done=await run(async()=>{await api(`/integrations/${encodeURIComponent(
integration.key)}`,{method:"PUT",body:bodyOf(provider,wish)}),await again(),change({...wish,client_secret:""})});tell(done)};
return a2(Card,{title:"Settings",children:a2("form",{class:"stack",noValidate:!0,onSubmit:event=>{event.preventDefault(),
save2()},children:[a2(IntegrationFields,{provider,wish,onChange:next=>{change(next),tell(!1)},kept:!0,problem}),changed&&
live>0&&can("integrations:admin")&&a2(Consequences,{integration,body:bodyOf(provider,wish)}),problem&&a2(Trouble,{problem}),
saved&&!changed&&a2(Notice,{kind:"success",title:"Saved"}),can("integrations:admin")&&a2("div",{class:"row",children:[a2(
Button,{kind:"primary",busy,onClick:()=>{save2()},children:"Save changes"}),changed&&a2(Button,{onClick:()=>change(before),
children:"Discard"})]})]})})}function Consequences({integration,body}){let told=useLoad(async signal=>{if(await new Promise(
settled=>setTimeout(settled,400)),!signal.aborted)return api(`/integrations/${encodeURIComponent(integration.key)}:previ\
ew`,{body,signal})},[integration.key,JSON.stringify(body)]);return told.problem||!told.data?.sentences?.length?null:a2(Notice,
{kind:told.data.refreshes==="REFRESH_PROSPECT_REFUSED"?"warning":"info",title:"What this means for those who are connect\
ed",children:told.data.sentences.map(sentence2=>a2("p",{children:sentence2},sentence2))})}function SecretOnce({title,secret,onClose,children}){return a2(Dialog,{title,onClose,actions:a2(Button,{kind:"primary",onClick:onClose,
children:"I have it"}),children:a2("div",{class:"stack",children:[a2("p",{class:"muted",children}),a2("div",{class:"copy\
-field",children:[a2("code",{children:secret}),a2(CopyButton,{text:secret,label:"Copy"})]})]})})}var SCOPES=[["sessions:write","Create connect sessions"],["connections:read","See connections, events and logs; never a \
secret"],["connections:write","Describe connections, switch them off and on"],["connections:delete","Delete connections"],
["tokens:read","Be given access tokens"],["credentials:read","Be given whole credentials"],["proxy:call","Call APIs thro\
ugh the proxy, without seeing the credential"],["integrations:read","See integrations"],["integrations:admin","Change in\
tegrations"],["webhooks:read","See webhook endpoints and deliveries"],["webhooks:admin","Change webhook endpoints"],["ke\
ys:admin","Make and revoke keys, and let people in"]],isLocked=key=>key.state==="API_KEY_STATE_LOCKED",isOver=key=>key.revoked||
key.expire_time!==void 0&&new Date(key.expire_time).getTime()<Date.now();function KeysScreen(){let found=useLoad(signal=>api(
"/api-keys",{signal}),[]),[asking,ask]=d2(void 0),[revoking,revoke]=d2(void 0),[replacing,replace]=d2(void 0);return a2(
Page,{title:"Keys and people",lead:`What backends prove themselves with, and who may come in here. All of it is for the \
environment ${session.value?.environment}.`,children:[a2(Awaited,{of:found,children:({api_keys=[]})=>a2($,{children:[api_keys.
some(isLocked)&&a2(Notice,{kind:"warning",title:"Some keys are locked",children:a2("p",{children:["They came out of a ba\
ckup, and may have been revoked since it was made. An operator has them open again what they opened with ",a2("code",{children:"\
latchkey key confirm"}),"; revoke those that are not to."]})}),a2(Card,{flush:!0,title:"API keys",lead:"Only a digest of\
 a key is kept; revoking one takes effect everywhere within five seconds.",actions:a2(Button,{kind:"primary",onClick:()=>ask(
"key"),children:"Create a key"}),children:a2(KeyTable,{caption:"API keys",keys:api_keys.filter(key=>!key.role),onRevoke:revoke,
onReplace:replace,none:"No key yet. Your backend needs one to make sessions and be given tokens."})}),a2(Card,{flush:!0,
title:"People",lead:"A login is a key with the scopes of a role, for 12 hours.",actions:a2(Button,{kind:"primary",onClick:()=>ask(
"person"),children:"Invite somebody"}),children:a2(KeyTable,{caption:"Logins",keys:api_keys.filter(key=>key.role),onRevoke:revoke,
none:"Nobody is logged in."})})]})}),asking==="key"&&a2(NewKey,{onClose:()=>{ask(void 0),found.again()}}),replacing&&a2(
Replace,{of:replacing,onClose:()=>{replace(void 0),found.again()}}),asking==="person"&&a2(Invite,{onClose:()=>ask(void 0)}),
revoking&&a2(Confirm,{title:revoking.role?`Log ${revoking.name} out?`:`Revoke ${revoking.name}?`,verb:revoking.role?"Log\
 out":"Revoke key",onClose:()=>revoke(void 0),work:async()=>{await api(`/api-keys/${revoking.id}`,{method:"DELETE"}),await found.
again()},children:a2("p",{children:revoking.role?"The login opens nothing from now on. They need another link to come ba\
ck.":"Whatever uses this key is refused from now on. This cannot be undone."})})]})}function KeyTable({caption,keys,onRevoke,
onReplace,none}){let sorted=[...keys].sort((one,other)=>Number(isOver(one))-Number(isOver(other))||(other.create_time??"").
localeCompare(one.create_time??""));return sorted.length===0?a2(Empty,{title:none}):a2(Table,{caption,columns:[{name:"Na\
me",cell:row=>a2("span",{class:"cell-text",children:[a2("strong",{children:row.name}),a2("small",{children:row.id})]})},
{name:"State",cell:row=>a2(KeyState,{of:row})},{name:"May",minor:!0,cell:row=>row.role?a2("span",{class:"tag",children:row.
role}):a2("span",{class:"tags",children:[(row.scopes??[]).slice(0,3).map(scope2=>a2("span",{class:"tag",children:scope2},
scope2)),(row.scopes?.length??0)>3&&a2("span",{class:"tag",title:row.scopes?.slice(3).join(" "),children:["+",(row.scopes?.
length??0)-3]})]})},{name:"Created",minor:!0,cell:row=>a2(When,{time:row.create_time})},{name:"Ends",minor:!0,cell:row=>row.
expire_time?a2(When,{time:row.expire_time}):a2("span",{class:"muted",children:"Never"})},{name:"Actions",end:!0,cell:row=>!isOver(
row)&&a2("span",{class:"row",children:[onReplace&&!isLocked(row)&&a2(Button,{"aria-label":`Replace ${row.name}`,onClick:()=>onReplace(
row),children:"Replace"}),a2(Button,{kind:"danger","aria-label":`${row.role?"Log out":"Revoke"} ${row.name}`,onClick:()=>onRevoke(
row),children:row.role?"Log out":"Revoke"})]})}],rows:sorted,id:row=>row.id})}function KeyState({of}){return isOver(of)?
a2(Badge,{tone:"quiet",children:of.revoked?"Revoked":"Expired"}):isLocked(of)?a2(Badge,{tone:"warn",children:"Locked"}):
a2(Badge,{tone:"good",children:"Active"})}var LIFETIMES=[{value:"",label:"Until it is revoked"},{value:"30",label:"30 da\
ys"},{value:"90",label:"90 days"},{value:"365",label:"A year"}];function NewKey({onClose}){let[name2,call2]=d2(""),[days,
last]=d2(""),[scopes,choose]=d2(["sessions:write","connections:read","tokens:read"]),[secret,keep]=d2(void 0),{busy,problem,
run}=useAction(),create=()=>run(async()=>{let expire_time=days?new Date(Date.now()+Number(days)*864e5).toISOString():void 0;
keep((await api("/api-keys",{body:{name:name2.trim(),scopes,...expire_time&&{expire_time}}})).secret)});return secret?a2(
SecretOnce,{title:`The key of ${name2}`,secret,onClose,children:"Put it where your backend keeps its secrets. It is not \
shown again."}):a2(Dialog,{title:"Create an API key",onClose,actions:a2($,{children:[a2(Button,{onClick:onClose,children:"\
Cancel"}),a2(Button,{kind:"primary",busy,onClick:()=>{create()},children:"Create key"})]}),children:a2("form",{class:"st\
ack",noValidate:!0,onSubmit:event=>{event.preventDefault(),create()},children:[a2(Field,{id:"key-name",label:"Name",help:"\
What will use it.",value:name2,onInput:call2,error:wrong(problem,"name")}),a2(Field,{id:"key-lifetime",label:"Good for",
value:days,onInput:last,options:LIFETIMES}),a2("fieldset",{class:"choices",children:[a2("legend",{children:"Scopes"}),SCOPES.
filter(([scope2])=>session.value?.scopes.includes(scope2)).map(([scope2,meaning])=>a2("label",{class:"choice",children:[
a2("input",{type:"checkbox",checked:scopes.includes(scope2),onChange:event=>choose(event.currentTarget.checked?[...scopes,
scope2]:scopes.filter(one=>one!==scope2))}),a2("span",{children:[a2("code",{children:scope2}),a2("small",{children:meaning})]})]},
scope2))]}),problem&&!wrong(problem,"name")&&a2(Trouble,{problem})]})})}var KEEPS=[{value:"86400s",label:"A day"},{value:"\
604800s",label:"A week"},{value:"0s",label:"Not at all"}];function Replace({of,onClose}){let[keep_previous,keep]=d2("864\
00s"),[secret,show]=d2(void 0),{busy,problem,run}=useAction(),replace=()=>run(async()=>show((await api(`/api-keys/${of.id}\
:rotate`,{body:{keep_previous}})).secret));return secret?a2(SecretOnce,{title:`The next key of ${of.name}`,secret,onClose,
children:"Put it in the place of the old one. It is not shown again."}):a2(Dialog,{title:`Replace ${of.name}`,onClose,actions:a2(
$,{children:[a2(Button,{onClick:onClose,children:"Cancel"}),a2(Button,{kind:"primary",busy,onClick:()=>{replace()},children:"\
Replace key"})]}),children:a2("div",{class:"stack",children:[a2("p",{class:"muted",children:"Makes another key that may \
do the same, for as long. Both open what they open until the old one ends."}),a2(Field,{id:"key-keep",label:"The old key\
 goes on for",value:keep_previous,onInput:keep,options:KEEPS}),problem&&a2(Trouble,{problem})]})})}var ROLES=[{value:"vi\
ewer",label:"Viewer: sees everything but secrets and keys"},{value:"developer",label:"Developer: builds; sees no credent\
ial"},{value:"admin",label:"Admin: everything"}];function Invite({onClose}){let[operator,name2]=d2(""),[role,choose]=d2(
"developer"),[link,keep]=d2(void 0),{busy,problem,run}=useAction(),create=()=>run(async()=>keep((await api("/login-links",
{body:{operator:operator.trim(),role}})).login_link));return a2(Dialog,{title:"Invite somebody",onClose,actions:link?a2(
Button,{kind:"primary",onClick:onClose,children:"Done"}):a2($,{children:[a2(Button,{onClick:onClose,children:"Cancel"}),
a2(Button,{kind:"primary",busy,onClick:()=>{create()},children:"Create login link"})]}),children:link?a2("div",{class:"s\
tack",children:[a2("p",{class:"muted",children:["Send it to ",operator," and nobody else. It lets one person in, once, w\
ithin 10 minutes."]}),a2("div",{class:"copy-field",children:[a2("code",{children:link}),a2(CopyButton,{text:link,label:"\
Copy link"})]})]}):a2("form",{class:"stack",noValidate:!0,onSubmit:event=>{event.preventDefault(),create()},children:[a2(
Field,{id:"operator",label:"Who",help:"What they do is recorded under this name.",value:operator,onInput:name2,error:wrong(
problem,"operator")}),a2(Field,{id:"role",label:"Role",value:role,onInput:choose,options:ROLES}),problem&&!wrong(problem,
"operator")&&a2(Trouble,{problem})]})})}var COMMAND="latchkey operator login-link --name you";function takeToken(){let token=new URLSearchParams(location.hash.slice(
1)).get("t")??void 0;return token&&history.replaceState(null,"",location.pathname),token}var PROBLEMS={LOGIN_STALE:"That\
 took too long, or was begun in another browser. Log in again.",LOGIN_DECLINED:"The login was stopped where you log in. \
Try again.",PROVIDER_FAILED:"The place where you log in gave no answer that can be believed. Try again; if it happens ag\
ain, whoever runs this server finds the reason in its log.",ROLE_MISSING:"You are known, and have no role here. Whoever \
runs this server gives roles, in the settings or where you log in."};function takeProblem(){let word2=new URLSearchParams(
location.hash.slice(1)).get("problem");if(word2)return history.replaceState(null,"",location.pathname),PROBLEMS[word2]??
`The login did not work (${word2}). Try again.`}function Providers2(){let providers=useLoad(signal=>call("/dashboard/log\
in/providers",{signal}),[]).data?.providers??[],several=new Set(providers.map(one=>one.environment)).size>1;return a2($,
{children:providers.map(({number,name:name2,environment})=>a2(Button,{kind:"primary",wide:!0,onClick:()=>location.assign(
`/dashboard/login/with/${number}`),children:["Log in with ",name2,several&&` to ${environment}`]},number))})}function LoginScreen(){
let{route,path}=useLocation(),[token,keep]=d2(takeToken),[refused]=d2(takeProblem),{busy,problem,run}=useAction();if(A2(
()=>{document.title="Log in · Latchkey"},[]),session.value===void 0&&path!=="/dashboard/login")return a2("main",{class:"\
gate","aria-label":"Loading",children:a2(Spinner,{})});let enter2=async()=>{let done=await run(()=>logIn(token??""));keep(
void 0),done&&route("/dashboard/start",!0)};return a2("main",{class:"gate",children:a2("div",{class:"gate-card",children:[
a2("svg",{class:"mark",width:"40",height:"40",viewBox:"0 0 22 22","aria-hidden":"true",children:[a2("rect",{width:"22",height:"\
22",rx:"6"}),a2("path",{d:"M8.4 9.6a3 3 0 1 1 3.7 2.9v.9h1.6v1.9h-1.6v1.3h-1.9v-4.1a3 3 0 0 1-1.8-2.9Z"})]}),token?a2($,
{children:[a2("h1",{children:"Open the dashboard"}),a2("p",{class:"muted",children:"This link lets one person in, once. \
You stay logged in for 12 hours on this device."}),a2(Button,{kind:"primary",wide:!0,busy,onClick:()=>{enter2()},children:"\
Log in"})]}):a2($,{children:[a2("h1",{children:"Log in to Latchkey"}),(problem||refused)&&a2(Notice,{kind:"danger",title:problem?.
message??refused}),refused&&a2("p",{children:a2(Button,{wide:!0,onClick:()=>location.assign("/dashboard"),children:"Back\
 to the dashboard"})}),a2(Providers2,{}),a2("p",{class:"muted",children:"A login link lets you in too. Whoever runs this\
 server makes one with this command, and an admin can make one under “Keys and people”."}),a2(Snippet,{code:COMMAND,
label:"command"})]})]})})}var TONES3={SUCCESS:"good",FAILURE:"bad",PENDING:"info"},OPERATIONS=["CONNECT","REFRESH","VERIFY","REVOKE"],OUTCOMES=["S\
UCCESS","FAILURE","PENDING","SUPERSEDED","UNSUPPORTED"];function LogsScreen(){let{query:address,route}=useLocation(),filters=address,
narrow=change=>route(`/dashboard/logs${query({...filters,...change})}`,!0),asked={operation:filters.operation&&`AUTH_LOG\
_OPERATION_${filters.operation}`,outcome:filters.outcome&&`AUTH_LOG_OUTCOME_${filters.outcome}`,connection_id:filters.connection_id,
integration:filters.integration},options=(first,words)=>[{value:"",label:first},...words.map(value=>({value,label:sentence(
value)}))];return a2(Page,{title:"Auth logs",lead:"Each attempt with a provider from end to end: its steps, what the pro\
vider said, and whose turn it is. No log holds a secret.",children:[filters.log&&a2(One,{id:logIdOf(filters.log)??filters.
log}),a2("div",{class:"filters",role:"search","aria-label":"Auth logs",children:[a2(Field,{id:"operation",label:"What wa\
s tried",value:filters.operation??"",onInput:operation=>narrow({operation}),options:options("Everything tried",OPERATIONS)}),
a2(Field,{id:"outcome",label:"What came of it",value:filters.outcome??"",onInput:outcome=>narrow({outcome}),options:options(
"Every outcome",OUTCOMES)}),["connection_id","integration"].map(name2=>filters[name2]&&a2("button",{type:"button",class:"\
pill","aria-pressed":"true","aria-label":`Not only ${filters[name2]}`,onClick:()=>narrow({[name2]:""}),children:[filters[name2],
" ×"]},name2)),a2(Button,{onClick:()=>narrow({live:filters.live?"":"1"}),children:filters.live?"Show the past":"Follow \
live"})]}),filters.live?a2(Live,{asked},JSON.stringify(asked)):a2(Past,{asked})]})}function logIdOf(reference){let[,id]=/^(?:log|aut)_([0-9A-HJKMNP-TV-Z]{26})$/.
exec(reference.trim())??[];return id&&`log_${id}`}function One({id}){let found=useLoad(async signal=>(await api(`/auth-l\
ogs/${encodeURIComponent(id)}`,{signal})).log,[id]);return a2(Card,{flush:!0,title:"The attempt that was looked for",actions:a2(
"a",{href:"/dashboard/logs",children:"All attempts"}),children:a2(Awaited,{of:found,rows:3,children:log=>a2("ul",{class:"\
live",children:a2(LogRow,{of:log,open:!0})})})})}function Past({asked}){let[trail,turnTo]=d2([]),address=`/auth-logs${query(
{...asked,page_size:50,page_token:trail.at(-1)})}`,page=useLoad(signal=>api(address,{signal}),[address]);return a2(Card,
{flush:!0,children:a2(Awaited,{of:page,rows:8,children:({logs=[],next_page_token})=>a2($,{children:[logs.length>0?a2(Logs,
{of:logs}):a2(Empty,{title:"No attempt fits",children:"When somebody connects an account, or a token is refreshed, each \
step is written down here."}),(trail.length>0||next_page_token)&&a2("nav",{class:"pager","aria-label":"Pages",children:[
a2("span",{children:["Page ",trail.length+1]}),a2("span",{class:"row",children:[trail.length>0&&a2(Button,{onClick:()=>turnTo(
trail.slice(0,-1)),children:"Newer"}),next_page_token&&a2(Button,{onClick:()=>turnTo([...trail,next_page_token]),children:"\
Older"})]})]})]})})})}function Live({asked}){let followed=useFollow(`/auth-logs:tail${query(asked)}`,message2=>message2.
log,one=>one.id);return a2($,{children:[a2("div",{class:"row",children:a2(LiveBar,{of:followed})}),a2(Card,{flush:!0,children:followed.
items.length>0?a2(Logs,{of:followed.items}):a2(Empty,{title:"Waiting for attempts",children:"What is tried from now on a\
ppears here."})})]})}function Logs({of}){return a2("ul",{class:"live",children:of.map(log=>a2(LogRow,{of:log},log.id))})}
function LogRow({of,open}){let outcome=word(of.outcome,"AUTH_LOG_OUTCOME"),failure=of.failure;return a2("li",{children:a2(
"details",{open,children:[a2("summary",{children:[a2(When,{time:of.start_time}),a2("span",{class:"row",children:[a2(Badge,
{tone:TONES3[outcome]??"quiet",children:sentence(outcome)}),sentence(word(of.operation,"AUTH_LOG_OPERATION"))]}),a2("spa\
n",{class:"muted",children:[of.integration,failure?.reason,failure?.code].filter(Boolean).join(" · ")})]}),a2("div",{class:"\
live-body stack",children:[a2(Steps,{of}),failure&&a2(Facts,{of:[["Reason",a2("code",{children:failure.reason})],["Cause",
failure.cause&&a2("code",{children:failure.cause})],["The provider said",failure.code&&`${failure.code}${failure.description?
`: ${failure.description}`:""}`],["Whose turn",turn(of.whose_turn)]]}),a2(Facts,{of:[["Id",a2(Copyable,{text:of.id,label:"\
id"})],["Began",exact(of.start_time)],...of.session_id?[["Connect session",a2(Copyable,{text:of.session_id,label:"sessio\
n id"})]]:[],...of.connection_id?[["Connection",a2("a",{href:`/dashboard/connections/${of.connection_id}`,children:of.connection_id})]]:
[],...of.trace_id?[["Trace",a2(Copyable,{text:of.trace_id,label:"trace id"})]]:[]]}),a2("span",{children:a2(CopyButton,{
wordy:!0,label:"Copy as JSON",text:JSON.stringify(of,null,2)})})]})]})})}function Steps({of}){let steps=of.steps??[];if(steps.
length===0)return null;let begin=Math.min(...steps.map(step=>new Date(step.start_time??0).getTime())),end=Math.max(...steps.
map(step=>new Date(step.start_time??0).getTime()+millis(step.duration))),whole2=Math.max(1,end-begin);return a2("div",{class:"\
table-frame",tabIndex:0,role:"region","aria-label":"Steps",children:a2("table",{class:"table plain",children:[a2("thead",
{children:a2("tr",{children:[a2("th",{scope:"col",children:"Step"}),a2("th",{scope:"col",children:"Host"}),a2("th",{scope:"\
col",children:"Answer"}),a2("th",{scope:"col",class:"end",children:"Took"}),a2("th",{scope:"col",class:"span-head",children:a2(
"span",{class:"for-readers",children:"When"})})]})}),a2("tbody",{children:steps.map((step,at2)=>a2("tr",{children:[a2("t\
h",{scope:"row",children:sentence(step.name??"")}),a2("td",{children:step.host||a2("span",{class:"muted",children:"—"})}),
a2("td",{children:a2(Badge,{tone:step.succeeded?"good":"bad",children:step.http_status||(step.succeeded?"OK":sentence(step.
fault??"failed"))})}),a2("td",{class:"end",children:lasting(millis(step.duration))}),a2("td",{class:"span-room","aria-hi\
dden":"true",children:a2("span",{class:`span fill-${step.succeeded?"info":"bad"}`,style:{marginLeft:`${100*(new Date(step.
start_time??0).getTime()-begin)/whole2}%`,width:`${Math.max(1.5,100*millis(step.duration)/whole2)}%`}})})]},`${step.name}\
-${at2}`))})]})})}function NewIntegrationScreen(){let{params}=useRoute(),id=params.id??"",found=useLoad(async signal=>{let[{provider:provider2},
{integrations=[]}]=await Promise.all([api(`/providers/${encodeURIComponent(id)}`,{signal}),can("integrations:read")?api(
"/integrations",{signal}):{integrations:[]}]);return{provider:provider2,there:integrations}},[id]),provider=found.data?.
provider;return a2(Page,{title:provider?`Add ${provider.name}`:id,crumbs:[{label:"Providers",href:"/dashboard/providers"}],
badge:provider&&a2("span",{class:"tag",children:authMode(provider.auth_mode)}),children:a2(Awaited,{of:found,children:({
provider:provider2,there})=>a2("div",{class:"columns",children:[a2(Guide,{provider:provider2}),a2("div",{class:"sticky",
children:can("integrations:admin")?a2(Form,{provider:provider2,there}):a2(Notice,{title:"A developer or an admin adds in\
tegrations"})})]})})})}var isAway=provider=>["OAUTH2","OAUTH1","APP"].includes(provider.auth_mode??"");function Guide({provider}){
let details=provider.details??{},steps=details.guidance?.app_setup??[],behaviour=details.behaviour??{},lasts=seconds=>seconds?
lasting(seconds*1e3):void 0;return a2("div",{class:"stack",children:[a2(Card,{title:`At ${provider.name}`,lead:isAway(provider)?
"Register your app in their console, with exactly these values.":"What your end users are asked for.",actions:details.app_setup_url&&
a2("a",{class:"button button-secondary",href:details.app_setup_url,target:"_blank",rel:"noopener noreferrer",children:"O\
pen their console"}),children:[isAway(provider)&&a2("div",{class:"stack",children:[a2("span",{class:"muted",children:"Re\
direct URL"}),a2("div",{class:"copy-field",children:[a2("code",{children:redirectUrl()}),a2(CopyButton,{text:redirectUrl(),
label:"Copy redirect URL"})]})]}),!!details.default_scopes?.length&&a2("div",{class:"stack",children:[a2("span",{class:"\
muted",children:"Scopes that are always asked for"}),a2("div",{class:"copy-field",children:[a2("code",{children:details.
default_scopes.join(" ")}),a2(CopyButton,{text:details.default_scopes.join(" "),label:"Copy scopes"})]})]}),steps.length>
0&&a2("ol",{class:"guide",children:steps.map(step=>a2("li",{children:step},step))}),steps.length===0&&isAway(provider)&&
a2("p",{class:"muted",children:["There is no guide for ",provider.name," yet. Create an app in their developer console, \
give it the redirect URL above, and bring its client id and secret here."]}),(details.guidance?.notes??[]).map(note=>a2(
Notice,{children:note},note))]}),a2(Card,{title:"What is known of it",children:a2(Facts,{of:known([["Logs in with",authMode(
provider.auth_mode)],["Categories",(provider.categories??[]).map(category).join(", ")||void 0],["API",details.base_url&&
a2("code",{children:filledIn(details.base_url)})],["Access tokens last",lasts(behaviour.access_token_seconds)],["Refresh\
 tokens",behaviour.rotation?{none:"Stay the same",grace:"Rotate, the old one for a while",strict:"Rotate, used once"}[behaviour.
rotation]:void 0],["End unused after",lasts(behaviour.idle_seconds)],["End in any case after",lasts(behaviour.absolute_seconds)],
["Checks",(details.probes??[]).map(sentence).join(", ")||void 0],["Deleting",details.revocable?"Ends the grant at the pr\
ovider too":"The grant at the provider stays"],["Documentation",provider.docs_url&&a2("a",{href:provider.docs_url,target:"\
_blank",rel:"noopener noreferrer",children:new URL(provider.docs_url).host})]])})})]})}var filledIn=template=>template.replaceAll(
/\$\{(?:\w+\.)*(\w+)\}/g,"{$1}"),known=facts=>facts.filter(([,value])=>value);function Form({provider,there}){let{route}=useLocation(),
taken=key=>there.some(one=>one.key===key),[wish,change]=d2(()=>({...wishOf(provider),key:free(provider.id,taken)})),{busy,
problem,run}=useAction(),[hint,tell]=d2(void 0),save2=async check=>{if(taken(wish.key)){tell("There is an integration wi\
th this key already.");return}await run(async()=>{await api(`/integrations/${encodeURIComponent(wish.key)}`,{method:"PUT",
body:bodyOf(provider,wish)})})&&route(`/dashboard/integrations/${encodeURIComponent(wish.key)}?new=1${check?"&check=1":""}`)};
return a2(Card,{title:"Here",children:a2("form",{class:"stack",noValidate:!0,onSubmit:event=>{event.preventDefault(),save2(
!1)},children:[a2("div",{class:"row",children:[a2(Logo,{name:provider.name}),a2("strong",{children:provider.name})]}),a2(
IntegrationFields,{provider,wish,onChange:next=>{change(next),tell(void 0)},withKey:!0,problem,keyError:hint??wrong(problem,
"integration.key","key")}),problem&&!wrong(problem,"integration.key","key","integration.client_id","client_secret","inte\
gration.scopes")&&a2(Trouble,{problem}),a2("div",{class:"row",children:[a2(Button,{kind:"primary",busy,onClick:()=>{save2(
!1)},children:"Add integration"}),hasClient(provider)&&a2(Button,{busy,onClick:()=>{save2(!0)},children:"Add and check t\
he client"})]})]})})}function free(id,taken){let more=[2,3,4,5,6,7,8,9].map(number=>`${id}-${number}`);return[id,...more].
find(key=>!taken(key))??id}function NowhereScreen(){return a2(Page,{title:"There is nothing here",children:a2("p",{class:"muted",children:["The add\
ress may be mistyped, or what it named is gone. ",a2("a",{href:"/dashboard",children:"Back to the overview"})]})})}var SHOWN3=60;function ProvidersScreen(){let{query:address,route}=useLocation(),found=useLoad(signal=>api("/providers",{
signal}),[]),filters=address,narrow=change=>route(`/dashboard/providers${query({...filters,...change})}`,!0);return a2(Page,
{title:"Providers",lead:"What your end users can connect. Choose one to add it as an integration.",children:a2(Awaited,{
of:found,rows:8,children:({providers=[]})=>a2(Catalogue,{providers,filters,onChange:narrow})})})}function Catalogue({providers,
filters,onChange}){let[shown,show]=d2(SHOWN3),fits=w2(()=>providers.filter(fit(filters)),[providers,filters.search,filters.
category,filters.mode]),facet=(of,name2,first)=>{let values=new Map;for(let provider of providers)for(let value of of(provider))
values.set(value,(values.get(value)??0)+1);let sorted=[...values].sort(([one],[other])=>name2(one).localeCompare(name2(other)));
return[{value:"",label:first},...sorted.map(([value,many])=>({value,label:`${name2(value)} (${count(many)})`}))]};return a2(
$,{children:[a2("div",{class:"filters",role:"search","aria-label":"Providers",children:[a2("span",{class:"control search",
children:[a2(Icon,{name:"search",size:16}),a2("input",{type:"search","aria-label":"Search providers",placeholder:`Search\
 ${plural(providers.length,"provider")}…`,value:filters.search??"",onInput:event=>onChange({search:event.currentTarget.
value})})]}),a2(Field,{id:"category",label:"Category",value:filters.category??"",onInput:chosen=>onChange({category:chosen}),
options:facet(one=>one.categories??[],category,"Every category")}),a2(Field,{id:"mode",label:"Way of logging in",value:filters.
mode??"",onInput:mode=>onChange({mode}),options:facet(one=>[one.auth_mode??""],authMode,"Every way of logging in")}),a2(
"span",{class:"muted",role:"status",children:plural(fits.length,"provider")})]}),fits.length===0&&a2(Empty,{title:"No pr\
ovider fits",children:"Add your own as a YAML file in the folder that the setting providers.path names; it is checked wh\
en it is read."}),a2("ul",{class:"catalogue",children:fits.slice(0,shown).map(provider=>a2("li",{children:a2("a",{class:"\
provider",href:`/dashboard/providers/${provider.id}`,children:[a2(Logo,{name:provider.name,size:34}),a2("span",{class:"c\
ell-text",children:[a2("strong",{children:provider.name}),a2("small",{children:[authMode(provider.auth_mode),provider.categories?.[0]&&
` · ${category(provider.categories[0])}`]})]})]})},provider.id))}),fits.length>shown&&a2("p",{children:a2("button",{type:"\
button",class:"button button-secondary",onClick:()=>show(shown+240),children:"Show more"})})]})}function fit({search="",
category:wanted,mode}){let words=search.toLowerCase().split(/\s+/).filter(Boolean);return provider=>{let text=`${provider.
name} ${provider.id} ${(provider.categories??[]).join(" ")}`.toLowerCase();return words.every(one=>text.includes(one))&&
(!wanted||(provider.categories??[]).includes(wanted))&&(!mode||provider.auth_mode===mode)}}var NAME="appearance";function remembered(){let kept=localStorage.getItem(NAME);return kept==="light"||kept==="dark"?kept:
"auto"}function remember(appearance2){localStorage.setItem(NAME,appearance2)}var appearance=y3(remembered());function dress(){x2(()=>{remember(appearance.value),wearAppearance(appearance.value)})}function From({what}){return a2("span",{class:"tag",title:"Set where the server is configured, as a key of its file or a\
 variable",children:what})}function SettingsScreen(){let who=session.value;return a2(Page,{title:"Settings",lead:"What t\
his server is set to, and where each value comes from. What is set in its file or its variables is changed there.",children:a2(
"div",{class:"columns",children:[a2(Card,{title:"This server",children:a2(Facts,{of:[["Version",who?.version],["Public a\
ddress",a2("span",{class:"row",children:[a2(Copyable,{text:who?.public_url??"",label:"address"}),a2(From,{what:"public_u\
rl"})]})],["Redirect URL",a2("span",{class:"row",children:[a2(Copyable,{text:redirectUrl(),label:"redirect URL"}),a2(From,
{what:"public_url"})]})],["API",a2(Copyable,{text:`${who?.public_url}/v1`,label:"API address"})],["Description of the AP\
I",a2("a",{href:"/v1/openapi.json",children:"/v1/openapi.json"})],["Your own providers",a2("span",{class:"row",children:[
a2("span",{class:"muted",children:"In the folder that is named by"}),a2(From,{what:"providers.path"})]})]]})}),a2(Card,{
title:"You",children:[a2(Facts,{of:[["Name",who?.operator],["Role",who?.role],["Environment",who?.environment],["Logged \
in until",a2(When,{time:who?.expires_at})],["May",a2("span",{class:"tags",children:who?.scopes.map(scope2=>a2("span",{class:"\
tag",children:scope2},scope2))})]]}),a2(Field,{id:"appearance",label:"Appearance",help:"For this browser.",value:appearance.
value,onInput:value=>appearance.value=value,options:[{value:"auto",label:"As the device"},{value:"light",label:"Light"},
{value:"dark",label:"Dark"}]})]})]})})}async function look(signal){let[integrations,{connections=[]},keys,{endpoints=[]}]=await Promise.all([list("/integration\
s","integrations"),api("/connections?page_size=1",{signal}),can("keys:admin")?list("/api-keys","api_keys"):void 0,api("/\
webhook-endpoints",{signal})]),first=endpoints[0],{deliveries=[]}=first?await api(`/webhook-endpoints/${first.id}/delive\
ries?state=DELIVERY_STATE_DELIVERED&page_size=1`,{signal}):{};return{integrations,connection:connections[0],keys,endpoints,
delivered:deliveries.length>0}}function StartScreen(){let known2=useLoad(look,[]),[linking,link]=d2(!1);return a2(Page,{
title:"Getting started",lead:"From nothing to a token that stays valid. A step is done when it has happened here.",actions:a2(
Button,{icon:"refresh",busy:known2.loading,onClick:()=>{known2.again()},children:"Look again"}),children:[a2(Awaited,{of:known2,
children:facts=>a2(Steps2,{facts,onLink:()=>link(!0)})}),linking&&a2(ConnectLink,{onClose:()=>{link(!1),known2.again()}})]})}
function Steps2({facts,onLink}){let integration=facts.integrations[0]?.key??"github",backends=(facts.keys??[]).filter(key=>!key.
role&&!key.revoked),steps=[{title:"Register your app at a provider",done:facts.integrations.length>0,body:a2($,{children:[
a2("p",{class:"muted",children:"An integration is your app at one provider: its client id and secret. The catalogue says\
, provider by provider, what to do in their console."}),a2("p",{children:a2("a",{class:"button button-primary",href:"/da\
shboard/providers",children:"Choose a provider"})})]})},{title:"Connect an account",done:!!facts.connection,body:a2($,{children:[
a2("p",{class:"muted",children:"Your backend asks for a connect session and sends the link to its end user. Make one her\
e and open it yourself, or from your code:"}),can("sessions:write")&&a2("p",{children:a2(Button,{kind:"primary",icon:"li\
nk",onClick:onLink,children:"Create a link"})}),a2(Snippets,{of:forSession(integration),label:"creating a session"})]})},
{title:"Give your backend a key",done:backends.length>0,body:a2($,{children:[a2("p",{class:"muted",children:"A key holds\
 the scopes it needs and no more: a backend that only calls APIs needs tokens:read."}),can("keys:admin")?a2("p",{children:a2(
"a",{class:"button button-primary",href:"/dashboard/keys",children:"Create an API key"})}):a2("p",{class:"muted",children:"\
An admin makes them under “Keys and people”."})]})},{title:"Be told what happens",done:facts.delivered,body:a2($,{children:[
a2("p",{class:"muted",children:facts.endpoints.length>0?"Your endpoint is there; send it a test message, or wait for the\
 first event.":"When a connection fails, your backend should know before your user does. An endpoint is told over HTTP, \
signed; the event stream needs no endpoint."}),a2("p",{class:"row",children:[a2("a",{class:"button button-primary",href:facts.
endpoints[0]?`/dashboard/webhooks/${facts.endpoints[0].id}`:"/dashboard/webhooks",children:facts.endpoints.length>0?"Ope\
n the endpoint":"Add an endpoint"}),a2("a",{class:"button button-secondary",href:"/dashboard/events",children:"Watch eve\
nts"})]})]})}],done=steps.filter(step=>step.done).length,next=steps.findIndex(step=>!step.done);return a2($,{children:[a2(
Card,{children:[a2("div",{class:"row",children:[a2("strong",{children:[done," of ",steps.length," done"]}),a2("span",{class:"\
muted",children:done===steps.length?"All of it works.":`Next: ${steps[next]?.title.toLowerCase()}`})]}),a2("div",{class:"\
meter","aria-hidden":"true",children:a2("span",{style:{width:`${100*done/steps.length}%`}})})]}),a2(Card,{flush:!0,children:a2(
"ol",{class:"steps",children:steps.map((step,at2)=>a2("li",{class:"step",children:a2("details",{open:at2===next,children:[
a2("summary",{children:[a2("span",{class:`step-sign${step.done?" done":""}`,children:step.done?a2(Icon,{name:"check",size:14}):
at2+1}),a2("span",{class:"step-title",children:step.title}),step.done&&a2("span",{class:"muted",children:"Done"}),a2(Icon,
{name:"chevron",size:14})]}),a2("div",{class:"step-body",children:step.body})]})},step.title))})}),a2(Card,{title:"Use a\
 token",lead:facts.connection?"Of your newest connection. It is valid when you get it, and refreshed before it is not.":
"Once an account is connected, this is all there is to calling its API.",children:a2(Snippets,{of:forToken(facts.connection?.
id??"con_…"),label:"getting a token"})})]})}var TYPES=[["connection.created","An end user connected an account"],["connection.failed","The provider refuses it; the \
end user has to connect again"],["connection.degraded","A refresh failed, and is tried again"],["connection.recovered","\
It works again"],["connection.reauthorized","The end user connected again"],["connection.expiring","It will end soon"],[
"connection.deleted","It was deleted"]];function TypeChoice({chosen,onChange}){return a2("fieldset",{class:"choices",children:[
a2("legend",{children:"Events"}),a2("p",{class:"help",children:"Without a choice it is told everything."}),TYPES.map(([type,
meaning])=>a2("label",{class:"choice",children:[a2("input",{type:"checkbox",checked:chosen.includes(type),onChange:event=>onChange(
event.currentTarget.checked?[...chosen,type]:chosen.filter(one=>one!==type))}),a2("span",{children:[a2("code",{children:type}),
a2("small",{children:meaning})]})]},type))]})}var TONES4={ENABLED:"good",PAUSED:"quiet",DISABLED:"bad"};function EndpointState({of}){let state=word(of.state,"WEBHOOK_\
ENDPOINT_STATE");return state==="ENABLED"&&of.failing_since?a2(Badge,{tone:"warn",children:"Failing"}):a2(Badge,{tone:TONES4[state]??
"quiet",children:sentence(state)})}var COLUMNS2=[{name:"Endpoint",cell:row=>a2("span",{class:"cell-text",children:[a2("s\
pan",{children:row.url}),a2("small",{children:row.description||row.id})]})},{name:"State",cell:row=>a2(EndpointState,{of:row})},
{name:"Told of",minor:!0,cell:row=>row.event_types?.length?row.event_types.join(", "):"Everything"},{name:"Added",minor:!0,
cell:row=>a2(When,{time:row.create_time})}];function WebhooksScreen(){let found=useLoad(signal=>api("/webhook-endpoints",
{signal}),[]),[adding,add]=d2(!1),button=can("webhooks:admin")&&a2(Button,{kind:"primary",onClick:()=>add(!0),children:"\
Add an endpoint"});return a2(Page,{title:"Webhooks",lead:"Where your backend is told what happens, over HTTP and signed \
as Standard Webhooks says.",actions:button,children:[a2(Card,{flush:!0,children:a2(Awaited,{of:found,children:({endpoints=[]})=>endpoints.
length>0?a2(Table,{caption:"Webhook endpoints",columns:COLUMNS2,rows:endpoints,id:row=>row.id,href:row=>`/dashboard/webh\
ooks/${row.id}`}):a2(Empty,{title:"Nobody is told yet",action:button,children:"An endpoint is an address of your backend\
. It is told when a connection is made, fails, recovers or ends, and asked again until it answers."})})}),adding&&a2(Add,
{onClose:()=>add(!1)})]})}function Add({onClose}){let{route}=useLocation(),[url,type]=d2(""),[description,describe]=d2(""),
[types,choose]=d2([]),[made,keep]=d2(void 0),{busy,problem,run}=useAction(),create=()=>run(async()=>keep(await api("/web\
hook-endpoints",{body:{url:url.trim(),description:description.trim(),event_types:types,format:"WEBHOOK_FORMAT_STANDARD"}})));
if(made)return a2(SecretOnce,{title:"The endpoint is added",secret:made.secret,onClose:()=>route(`/dashboard/webhooks/${made.
endpoint.id}`),children:"Your backend checks with this secret that a message is from here. It is not shown again."});let urlError=wrong(
problem,"url");return a2(Dialog,{title:"Add an endpoint",onClose,actions:a2($,{children:[a2(Button,{onClick:onClose,children:"\
Cancel"}),a2(Button,{kind:"primary",busy,onClick:()=>{create()},children:"Add endpoint"})]}),children:a2("form",{class:"\
stack",noValidate:!0,onSubmit:event=>{event.preventDefault(),create()},children:[a2(Field,{id:"url",label:"Address",value:url,
onInput:type,error:urlError,input:{placeholder:"https://api.example.com/webhooks",inputmode:"url"}}),a2(Field,{id:"descr\
iption",label:"Description",optional:"optional",value:description,onInput:describe}),a2(TypeChoice,{chosen:types,onChange:choose}),
problem&&!urlError&&a2(Trouble,{problem})]})})}function WebhookScreen(){let{params}=useRoute(),{route}=useLocation(),id=params.id??"",path=`/webhook-endpoints/${encodeURIComponent(
id)}`,found=useLoad(signal=>api(path,{signal}),[path]),[state,show]=d2(""),deliveries=useLoad(signal=>api(`${path}/deliv\
eries${query({state:state&&`DELIVERY_STATE_${state}`,page_size:100})}`,{signal}),[path,state]),[asking,ask]=d2(void 0),[
secret,tell]=d2(void 0),{busy,problem,run}=useAction(),endpoint=found.data?.endpoint,enabled=word(endpoint?.state,"WEBHO\
OK_ENDPOINT_STATE")==="ENABLED",act=work=>{run(async()=>{await work(),await Promise.all([found.again(),deliveries.again()])})};
return a2(Page,{title:endpoint?new URL(endpoint.url).host:id,crumbs:[{label:"Webhooks",href:"/dashboard/webhooks"}],badge:endpoint&&
a2(EndpointState,{of:endpoint}),actions:endpoint&&can("webhooks:admin")&&a2($,{children:[a2(Button,{busy,onClick:()=>act(
()=>api(`${path}:test`,{method:"POST",body:{}})),children:"Send a test"}),a2(Button,{onClick:()=>act(()=>api(path,{method:"\
PATCH",body:{enabled:!enabled}})),children:enabled?"Pause":"Enable"}),a2(Button,{onClick:()=>ask("rotate"),children:"New\
 secret"}),a2(Button,{kind:"danger",onClick:()=>ask("delete"),children:"Delete"})]}),children:[problem&&a2(Trouble,{problem}),
a2(Awaited,{of:found,rows:3,children:({endpoint:endpoint2})=>a2($,{children:[endpoint2.disabled_cause&&a2(Notice,{kind:"\
danger",title:endpoint2.disabled_cause==="GONE"?"It answered that it is gone (410), and was disabled":"No delivery succe\
eded for five days, and it was disabled",children:a2("p",{children:"What happens meanwhile is kept for 30 days. Enable i\
t, then deliver what failed again."})}),a2(Card,{title:"Endpoint",children:a2(Facts,{of:[["Address",a2(Copyable,{text:endpoint2.
url,label:"address"})],["Id",a2(Copyable,{text:endpoint2.id,label:"id"})],["Description",endpoint2.description],["Told o\
f",endpoint2.event_types?.length?endpoint2.event_types.join(", "):"Everything"],["Format",sentence(word(endpoint2.format,
"WEBHOOK_FORMAT"))],["Secrets so far",String(endpoint2.secret_generation??1)],...endpoint2.previous_secret_expire_time?[
["The secret before signs until",a2(When,{time:endpoint2.previous_secret_expire_time})]]:[],["Added",a2(When,{time:endpoint2.
create_time})]]})})]})}),a2(Card,{flush:!0,title:"Deliveries",lead:"Of the last 30 days, the oldest event first.",actions:a2(
"span",{class:"filters",children:[a2(Field,{id:"delivery-state",label:"State",value:state,onInput:show,options:[{value:"",
label:"Every state"},{value:"PENDING",label:"Pending"},{value:"DELIVERED",label:"Delivered"},{value:"FAILED",label:"Fail\
ed"}]}),can("webhooks:admin")&&a2(Button,{onClick:()=>act(()=>api(`${path}:redeliver`,{method:"POST",body:{}})),children:"\
Redeliver what failed"}),a2(Button,{icon:"refresh",busy:deliveries.loading,onClick:()=>{deliveries.again()},children:"Re\
fresh"})]}),children:a2(Awaited,{of:deliveries,children:({deliveries:list2=[]})=>list2.length>0?a2("ul",{class:"live",children:list2.
map(delivery=>a2(DeliveryRow,{of:delivery,again:can("webhooks:admin")?()=>act(()=>api(`${path}:redeliver`,{method:"POST",
body:{event_ids:[delivery.event_id]}})):void 0},delivery.event_id))}):a2(Empty,{title:"No deliveries",children:state?"No\
ne in this state.":"What happens from now on is delivered here. “Send a test” delivers a message of the type test.ping."})})}),
secret&&a2(SecretOnce,{title:"The new secret",secret,onClose:()=>tell(void 0),children:"Messages carry signatures of bot\
h secrets for 24 hours. It is not shown again."}),asking==="rotate"&&a2(Confirm,{title:"Make a new secret?",verb:"New se\
cret",danger:!1,onClose:()=>ask(void 0),work:async()=>{tell((await api(`${path}:rotateSecret`,{method:"POST",body:{}})).
secret),await found.again()},children:a2("p",{children:"The present one goes on signing for 24 hours, so that your backe\
nd can change over."})}),asking==="delete"&&a2(Confirm,{title:"Delete this endpoint?",verb:"Delete endpoint",onClose:()=>ask(
void 0),work:async()=>{await api(path,{method:"DELETE"}),route("/dashboard/webhooks")},children:a2("p",{children:"Its ke\
ys are destroyed, and what was still to be delivered is not."})})]})}var TONES5={DELIVERED:"good",PENDING:"info",FAILED:"\
bad"};function DeliveryRow({of,again}){let state=word(of.state,"DELIVERY_STATE"),last=of.attempts?.at(-1);return a2("li",
{children:a2("details",{children:[a2("summary",{children:[a2(When,{time:of.event_time}),a2("span",{children:of.event_type}),
a2("span",{class:"row",children:[a2(Badge,{tone:TONES5[state]??"quiet",children:sentence(state)}),last&&a2("span",{class:"\
muted",children:last.status?`HTTP ${last.status}`:sentence(last.failure??"")})]})]}),a2("div",{class:"live-body stack",children:[
a2(Facts,{of:[["webhook-id",a2(Copyable,{text:of.event_id,label:"webhook-id"})],["Next attempt",of.next_attempt_time&&a2(
When,{time:of.next_attempt_time})],["Ended",of.ending&&sentence(of.ending)],...of.own_address?[["Goes to","The address i\
ts connection has of its own"]]:[],...(of.attempts??[]).map(attempt=>[`Attempt ${attempt.number}`,`${exact(attempt.time)}\
 · ${attempt.status?`HTTP ${attempt.status}`:"no answer"} · ${lasting(millis(attempt.latency))}${attempt.failure?` · ${sentence(
attempt.failure)}`:""}`])]}),a2("span",{class:"row",children:[again&&a2(Button,{onClick:again,children:"Deliver again"}),
a2(CopyButton,{wordy:!0,label:"Copy as JSON",text:JSON.stringify(of,null,2)})]})]})]})})}var PATHS2={start:"M10 2.5v2m0 11v2m7.5-7.5h-2m-11 0h-2M10 13.2a3.2 3.2 0 1 0 0-6.4 3.2 3.2 0 0 0 0 6.4Z",health:"M2.5 1\
0.5h3.2l2-5.5 4 10 2-4.5h3.8",connections:"M8 12 5.8 14.2a2.7 2.7 0 0 1-3.8-3.8L5 7.4a2.7 2.7 0 0 1 3.8 0M12 8l2.2-2.2a2\
.7 2.7 0 0 1 3.8 3.8L15 12.6a2.7 2.7 0 0 1-3.8 0M7.8 12.2l4.4-4.4",integrations:"M4 3.5h4.5V8H4Zm7.5 0H16V8h-4.5ZM4 12h4\
.5v4.5H4Zm9.75-.5v5m-2.5-2.5h5",catalogue:"M4 4h12v12H4Zm0 4h12M8 8v8",events:"M3 10a7 7 0 0 1 14 0M6 10a4 4 0 0 1 8 0m-\
4 0v6.5",logs:"M4.5 4h11M4.5 8h11M4.5 12h7M4.5 16h4",webhooks:"M7 6.5a3 3 0 1 1 4.5 2.6L14 13.5M5.5 10A3 3 0 1 0 8 14.5h\
5.5m0 0a3 3 0 1 1 2.2 0M9 9l-3.5 5.5",keys:"M12.5 11.5a4 4 0 1 0-3.6-2.3L3.5 14.6V17H6v-2h2v-2h1.5l1.3-1.3a4 4 0 0 0 1.7\
-.2ZM13.5 6.5h.01",appearance:"M10 3a7 7 0 1 0 0 14c1.2 0 1.5-.9 1.1-1.7-.5-1 .1-2.3 1.4-2.3h1.8A2.7 2.7 0 0 0 17 10.3C1\
7 6.2 13.9 3 10 3ZM6.5 9.5h.01M9 6.5h.01m3.99.500h.01",settings:"M3.5 6h7m4 0h2M3.5 14h2m4 0h7M12.5 8a2 2 0 1 0 0-4 2 2 \
0 0 0 0 4Zm-5 8a2 2 0 1 0 0-4 2 2 0 0 0 0 4Z",sun:"M10 13.5a3.5 3.5 0 1 0 0-7 3.5 3.5 0 0 0 0 7ZM10 2v1.5m0 13V18m8-8h-1\
.5m-13 0H2m13.66-5.66-1.06 1.06m-9.2 9.2-1.06 1.06m11.32 0-1.06-1.06m-9.2-9.2L4.34 4.34",moon:"M16.5 11.8A7 7 0 0 1 8.2 \
3.5a6.8 6.8 0 1 0 8.3 8.3Z",device:"M3.5 4.5h13v8.5h-13Zm4 12h5m-2.5-3.5v3.5",plus:"M10 4v12M4 10h12",menu:"M3.5 6h13m-1\
3 4h13m-13 4h13",pause:"M7 5v10m6-10v10",play:"m6.5 4.5 9 5.5-9 5.5Z",out:"M8 4H5a1 1 0 0 0-1 1v10a1 1 0 0 0 1 1h3m4-3 3\
-3-3-3m3 3H8",trash:"M4 6h12M8 6V4h4v2m-6.5 0 .7 10h7.6l.7-10",send:"M16.5 3.5 3.5 9l5 2.5 2.5 5Zm0 0-8 8",keyboard:"M3 \
5.5h14v9H3Zm3 3h.01M9 8.5h.01m2.99 0h.01m2.99 0h.01M7 11.5h6"};function Glyph({name:name2,size=18}){return a2("svg",{class:"\
icon",width:size,height:size,viewBox:"0 0 20 20",fill:"none",stroke:"currentColor","stroke-width":"1.5","stroke-linecap":"\
round","stroke-linejoin":"round","aria-hidden":"true",children:a2("path",{d:PATHS2[name2]})})}var PLACES=[{label:"Health",href:"/dashboard",glyph:"health",group:"",key:"h"},{label:"Getting started",href:"/dashboard\
/start",glyph:"start",group:"",key:"s"},{label:"Connections",href:"/dashboard/connections",glyph:"connections",group:"Co\
nnect",scope:"connections:read",key:"c"},{label:"Integrations",href:"/dashboard/integrations",glyph:"integrations",group:"\
Connect",scope:"integrations:read",key:"i"},{label:"Providers",href:"/dashboard/providers",glyph:"catalogue",group:"Conn\
ect",key:"p"},{label:"Auth logs",href:"/dashboard/logs",glyph:"logs",group:"Observe",scope:"connections:read",key:"l"},{
label:"Events",href:"/dashboard/events",glyph:"events",group:"Observe",scope:"connections:read",key:"e"},{label:"Webhook\
s",href:"/dashboard/webhooks",glyph:"webhooks",group:"Observe",scope:"webhooks:read",key:"w"},{label:"Keys and people",href:"\
/dashboard/keys",glyph:"keys",group:"Manage",scope:"keys:admin",key:"k"},{label:"Appearance",href:"/dashboard/appearance",
glyph:"appearance",group:"Manage",key:"a"},{label:"Settings",href:"/dashboard/settings",glyph:"settings",group:"Manage",
key:","}];function isHere(place,path){return place.href==="/dashboard"?path===place.href:path===place.href||path.startsWith(
`${place.href}/`)}var MAX_EACH=6;function Palette({onClose}){let{route}=useLocation(),dialog=T2(null),[text,type]=d2(""),[at2,move]=d2(0);
A2(()=>dialog.current?.showModal(),[]);let known2=useLoad(async()=>{let integrations=can("integrations:read")?await list(
"/integrations","integrations"):[],{providers=[]}=await api("/providers");return{integrations,providers}},[]),wanted=text.
trim(),found=useLoad(async signal=>wanted&&can("connections:read")?await findConnections(wanted,signal):[],[wanted]),hits=w2(
()=>rank(wanted,known2.data,found.data??[]),[wanted,known2.data,found.data]),go=hit=>{hit&&(onClose(),route(hit.href))},
pressed=event=>{let step={ArrowDown:1,ArrowUp:-1}[event.key];step!==void 0?(event.preventDefault(),move((at2+step+hits.length)%
Math.max(1,hits.length))):event.key==="Enter"&&(event.preventDefault(),go(hits[at2]))};return a2("dialog",{ref:dialog,class:"\
palette","aria-label":"Search",onClose,onClick:event=>event.target===dialog.current&&onClose(),children:[a2("div",{class:"\
palette-field",children:[a2(Icon,{name:"search",size:18}),a2("input",{type:"text",role:"combobox","aria-expanded":"true",
"aria-controls":"palette-hits","aria-activedescendant":hits[at2]?`hit-${at2}`:void 0,"aria-label":"Search connections, i\
ntegrations, providers and screens",placeholder:"Search connections, integrations, providers…",autofocus:!0,autocomplete:"\
off",spellcheck:!1,value:text,onInput:event=>{type(event.currentTarget.value),move(0)},onKeyDown:pressed}),a2("kbd",{children:"\
Esc"})]}),a2("ul",{id:"palette-hits",role:"listbox","aria-label":"Found",children:hits.map((hit,index)=>a2("li",{id:`hit\
-${index}`,role:"option","aria-selected":index===at2,onClick:()=>go(hit),onMouseMove:()=>move(index),children:[a2(Glyph,
{name:hit.glyph}),a2("span",{class:"hit-label",children:hit.label}),hit.state&&a2(StateBadge,{state:stateOf(hit.state)}),
a2("span",{class:"hit-detail",children:hit.detail})]},hit.id))}),hits.length===0&&a2("p",{class:"palette-none",children:found.
loading?"Searching…":`Nothing is called “${wanted}”.`})]})}async function findConnections(wanted,signal){return await new Promise(
resolve=>setTimeout(resolve,120)),signal.aborted?[]:(await api(`/connections${query({search:wanted,page_size:MAX_EACH})}`,
{signal})).connections??[]}function rank(wanted,known2,connections){let has=text=>text.toLowerCase().includes(wanted.toLowerCase()),
places=PLACES.filter(place=>has(place.label)&&(!place.scope||can(place.scope))),integrations=wanted?(known2?.integrations??
[]).filter(one=>has(`${one.key} ${one.display_name??""}`)):[],providers=wanted?(known2?.providers??[]).filter(one=>has(`${one.
name} ${one.id}`)):[],log=can("connections:read")?logIdOf(wanted):void 0;return[...log?[{id:log,glyph:"logs",label:wanted,
detail:"An attempt, step by step",href:`/dashboard/logs?log=${log}`}]:[],...connections.map(one=>({id:one.id,glyph:"conn\
ections",label:one.display_name||one.end_user,detail:`${one.integration} · ${one.id}`,href:`/dashboard/connections/${one.
id}`,state:one})),...places.map(one=>({id:one.href,glyph:one.glyph,label:one.label,detail:"Screen",href:one.href})),...integrations.
slice(0,MAX_EACH).map(one=>({id:`i-${one.key}`,glyph:"integrations",label:one.display_name||one.key,detail:`Integration \
· ${one.key}`,href:`/dashboard/integrations/${encodeURIComponent(one.key)}`})),...providers.slice(0,MAX_EACH).map(one=>({
id:`p-${one.id}`,glyph:"catalogue",label:one.name,detail:"Provider",href:`/dashboard/providers/${one.id}`}))]}function Shortcuts({
onClose}){let keys=[["⌘K  /","Search"],["?","These shortcuts"],...PLACES.map(place=>[`g ${place.key}`,place.label])];return a2(
Dialog,{title:"Keyboard shortcuts",onClose,actions:a2(Button,{onClick:onClose,children:"Close"}),children:a2("dl",{class:"\
shortcuts",children:keys.map(([key,what])=>a2("div",{children:[a2("dt",{children:what}),a2("dd",{children:key.split(/\s+/).
map(one=>a2("kbd",{children:one},one))})]},key))})})}function Environments(){let[open,show]=d2(!1),here2=session.value?.environment;return a2($,{children:[a2("button",{type:"\
button",class:"environment","aria-haspopup":"dialog","aria-label":`Environment: ${here2}. Change`,onClick:()=>show(!0),children:[
here2,a2(Icon,{name:"chevron",size:11})]}),open&&a2(Choice,{onClose:()=>show(!1)})]})}function Choice({onClose}){let{busy,
problem,run}=useAction(),others=(session.value?.environments??[]).filter(one=>!one.here);return a2(Dialog,{title:"Enviro\
nments",onClose,actions:a2(Button,{onClick:onClose,children:"Close"}),children:a2("div",{class:"stack",children:[a2("p",
{class:"muted",children:["You are in ",a2("code",{children:session.value?.environment}),", as ",session.value?.role,". E\
ach environment has its own connections, integrations and people."]}),others.map(({name:name2,role,provider,login})=>a2(
Button,{wide:!0,busy,onClick:()=>provider===void 0?void run(()=>enter(name2)):location.assign(`/dashboard/login/with/${login}`),
children:provider===void 0?`Go to ${name2}, as ${role}`:`Log in to ${name2} with ${provider}`},name2+(provider??""))),problem&&
a2(Trouble,{problem}),a2("p",{class:"muted",children:[others.length>0?"Another":"You are logged in to no other. One"," a\
ppears here once you have opened a login link from there in this browser, under the same name."]})]})})}function SafeMode(){let{path}=useLocation(),on=useLoad(async signal=>can("connections:read")?(await api("/incidents",{signal})).
incidents??[]:[],[path]).data?.find(incident=>incident.kind==="SAFE_MODE");return on?a2("aside",{class:"banner","aria-la\
bel":"Safe mode",children:a2(Notice,{kind:"warning",title:a2(Coded,{text:on.what_happened}),children:a2("p",{children:["\
The operator’s turn: ",a2(Coded,{text:on.what_to_do})]})})}):null}function Shell({children}){let{path,route}=useLocation(),open=useSignal(void 0);return A2(()=>{open.value=void 0},[path]),
A2(()=>listen(what=>what.startsWith("/")?route(what):open.value=what,()=>open.value!==void 0),[]),a2("div",{class:`shell${open.
value==="menu"?" menu-open":""}`,children:[a2("a",{class:"skip",href:"#content",children:"Skip to content"}),a2("aside",
{class:"side",children:[a2("div",{class:"brand",children:[a2("a",{href:"/dashboard",class:"brand-name",children:[a2(Mark,
{}),"Latchkey"]}),a2(Environments,{}),a2("button",{type:"button",class:"icon-button menu-button","aria-label":"Menu","ar\
ia-expanded":open.value==="menu",onClick:()=>open.value=open.value==="menu"?void 0:"menu",children:open.value==="menu"?a2(
Icon,{name:"close"}):a2(Glyph,{name:"menu",size:20})})]}),a2("div",{class:"side-body",children:[a2("button",{type:"butto\
n",class:"search-button",onClick:()=>open.value="palette",children:[a2(Icon,{name:"search",size:16}),a2("span",{children:"\
Search"}),a2("kbd",{children:navigator.platform.startsWith("Mac")?"⌘K":"Ctrl K"})]}),a2("nav",{"aria-label":"Dashboard",
children:[...new Set(PLACES.map(place=>place.group))].map(group=>a2("div",{class:"nav-group",children:[group&&a2("p",{class:"\
nav-title",children:group}),a2("ul",{children:PLACES.filter(place=>place.group===group&&(!place.scope||can(place.scope))).
map(place=>a2("li",{children:a2("a",{href:place.href,"aria-current":isHere(place,path)?"page":void 0,children:[a2(Glyph,
{name:place.glyph}),place.label]})},place.href))})]},group))}),a2(Foot,{onShortcuts:()=>open.value="shortcuts"})]})]}),a2(
"main",{id:"content",tabIndex:-1,children:[a2(SafeMode,{}),children]}),open.value==="palette"&&a2(Palette,{onClose:()=>open.
value=void 0}),open.value==="shortcuts"&&a2(Shortcuts,{onClose:()=>open.value=void 0})]})}function Foot({onShortcuts}){let next={
auto:"light",light:"dark",dark:"auto"},glyph={auto:"device",light:"sun",dark:"moon"};return a2("div",{class:"side-foot",
children:[a2("div",{class:"who",children:[a2("span",{class:"who-name",children:session.value?.operator}),a2("span",{class:"\
muted",children:session.value?.role})]}),a2("button",{type:"button",class:"icon-button small","aria-label":`Appearance: ${appearance.
value}. Change`,title:`Appearance: ${appearance.value}`,onClick:()=>appearance.value=next[appearance.value],children:a2(
Glyph,{name:glyph[appearance.value]})}),a2("button",{type:"button",class:"icon-button small","aria-label":"Keyboard shor\
tcuts",title:"Keyboard shortcuts",onClick:onShortcuts,children:a2(Glyph,{name:"keyboard"})}),a2("button",{type:"button",
class:"icon-button small","aria-label":"Log out",title:"Log out",onClick:()=>{logOut()},children:a2(Glyph,{name:"out"})})]})}
function Mark(){return a2("svg",{class:"mark",width:"22",height:"22",viewBox:"0 0 22 22","aria-hidden":"true",children:[
a2("rect",{width:"22",height:"22",rx:"6"}),a2("path",{d:"M8.4 9.6a3 3 0 1 1 3.7 2.9v.9h1.6v1.9h-1.6v1.3h-1.9v-4.1a3 3 0 \
0 1-1.8-2.9Z"})]})}function listen(wish,isElsewhere){let going=0,pressed=event=>{if((event.metaKey||event.ctrlKey)&&event.
key.toLowerCase()==="k"){event.preventDefault(),wish("palette");return}if(event.target.closest("input, textarea, select,\
 dialog")||isElsewhere()||event.metaKey||event.ctrlKey||event.altKey)return;let place=Date.now()-going<1500?PLACES.find(
one=>one.key===event.key):void 0;going=event.key==="g"?Date.now():0,place?wish(place.href):event.key==="?"?wish("shortcu\
ts"):event.key==="/"&&(event.preventDefault(),wish("palette"))};return addEventListener("keydown",pressed),()=>removeEventListener(
"keydown",pressed)}function App(){return a2(LocationProvider,{scope:"/dashboard",children:session.value?a2(Shell,{children:a2(Router,{children:[
a2(Route,{path:"/dashboard",component:HealthScreen}),a2(Route,{path:"/dashboard/start",component:StartScreen}),a2(Route,
{path:"/dashboard/connections",component:ConnectionsScreen}),a2(Route,{path:"/dashboard/connections/:id",component:ConnectionScreen}),
a2(Route,{path:"/dashboard/integrations",component:IntegrationsScreen}),a2(Route,{path:"/dashboard/integrations/:key",component:IntegrationScreen}),
a2(Route,{path:"/dashboard/providers",component:ProvidersScreen}),a2(Route,{path:"/dashboard/providers/:id",component:NewIntegrationScreen}),
a2(Route,{path:"/dashboard/events",component:EventsScreen}),a2(Route,{path:"/dashboard/logs",component:LogsScreen}),a2(Route,
{path:"/dashboard/webhooks",component:WebhooksScreen}),a2(Route,{path:"/dashboard/webhooks/:id",component:WebhookScreen}),
a2(Route,{path:"/dashboard/keys",component:KeysScreen}),a2(Route,{path:"/dashboard/appearance",component:AppearanceScreen}),
a2(Route,{path:"/dashboard/settings",component:SettingsScreen}),a2(Route,{default:!0,component:NowhereScreen})]})}):a2(LoginScreen,
{})})}dress();var root=document.getElementById("app");root&&(root.replaceChildren(),Q(a2($,{children:[a2(App,{}),a2(StatusRegions,
{})]}),root));location.pathname!=="/dashboard/login"&&resume();
