var n;var t;var r;var u;var i;var f;var o;var e;var l;var c;var a;var s;var h=Symbol.for("pv");var p={};var y=[];var v=/^m(i|n|o|s|text|space)$/;
var w=Array.isArray;var d=y.slice;var _=Object.assign;function g(n2){n2&&n2.parentNode&&n2.remove()}function m(r3,u3,i3,f4,o4){var e3={type:r3,props:u3,key:i3,ref:f4,__k:null,__:null,__b:0,__e:null,__c:null,constructor:h,
__v:o4||++t,__i:-1,__u:0};return!o4&&n.vnode&&n.vnode(e3),e3}function $(n2){return n2.children}function x(n2,t3){this.props=n2,this.context=t3,this.__g=0}function S(n2,t3){if(null==
t3)return n2.__&&S(n2.__,n2.__i+1);for(var r3;t3<n2.__k.length;t3++)if((r3=n2.__k[t3])&&r3.__e)return r3.__e;return"func\
tion"!=typeof n2.type||n2.props.__P?null:S(n2)}function C(t3){var r3,u3=t3.__v,i3=u3.__e,f4=[],o4=[],e3=t3.__P;e3&&((r3=
_({constructor:h},u3)).__v=u3.__v+1,n.vnode&&n.vnode(r3),z(e3,r3,u3,t3.__n,e3.namespaceURI,32&u3.__u?[i3]:null,f4,i3||S(
u3),32&u3.__u,o4),r3.__v=u3.__v,r3.__.__k[r3.__i]=r3,E(f4,r3,o4),u3.__=u3.__e=null,r3.__e!=i3&&j(r3))}function j(n2){if((n2=
n2.__)&&n2.__c&&!n2.props.__P)return n2.__e=null,n2.__k.some(function(t3){return t3&&(n2.__e=t3.__e)}),j(n2)}function L(t3){
(8&t3.__g||(t3.__g|=8,u.push(t3),f++))&&i==n.debounceRendering||((i=n.debounceRendering)||queueMicrotask)(H)}function H(){
try{for(var n2,t3=1;u.length;)u.length>t3&&u.sort(o),n2=u.shift(),t3=u.length,8&n2.__g&&C(n2)}finally{(f=u.length)&&(i||
queueMicrotask)(H)}}function I(n2,t3,r3,u3,i3,f4,o4,e3,l3,c3,a4){var s3,h3,v3,w3,d3,_3,g3=u3.__k||y,k2=t3.length;for(l3=
q(r3,t3,g3,l3,k2),s3=0;s3<k2;s3++)null!=(v3=r3.__k[s3])&&(h3=~v3.__i&&g3[v3.__i]||p,v3.__i=s3,_3=z(n2,v3,h3,i3,f4,o4,e3,
l3,c3,a4),w3=v3.__e,(h3.ref!=v3.ref||8&h3.__u)&&(h3.ref&&G(h3.ref,null,v3,h3),v3.ref&&a4.push(v3.ref,v3.__c||w3,v3)),d3=
d3||w3,4&v3.__u?(l3=A(v3,l3,n2,!h3.__v),h3.__e&&(h3.__e=null)):"function"==typeof v3.type&&void 0!==_3?l3=_3:w3&&(l3=w3.
nextSibling),v3.__u&=-21);return r3.__e=d3,l3}function q(n2,t3,r3,u3,i3){var f4,o4,e3,l3,c3,a4,s3,p3,y3,v3=r3.length,d3=v3,
_3=0,g3=0,k2=n2.__k=Array(i3);for(f4=0;f4<i3;f4++)null!=(o4=t3[f4])&&"boolean"!=typeof o4&&"function"!=typeof o4?("objec\
t"!=typeof o4||o4.constructor===String?o4=k2[f4]=m(null,o4):w(o4)?o4=k2[f4]=m($,{children:o4}):o4.constructor===h&&o4.__b?
o4=k2[f4]=m(o4.type,o4.props,o4.key,o4.ref,o4.__v):k2[f4]=o4,l3=f4+_3,o4.__=n2,o4.__b=n2.__b+1,e3=null,~(c3=o4.__i=P(o4,
r3,l3,d3))&&(d3--,(e3=r3[c3])&&(e3.__u|=2)),e3&&e3.__v?(o4.__u|=16,c3==l3-1?_3--:c3==l3+1?_3++:c3!=l3&&(c3>l3?_3--:_3++,
g3=1)):(~c3||(i3>v3?_3--:i3<v3&&_3++),"function"!=typeof o4.type&&(o4.__u|=4))):k2[f4]=null;if(g3){for(a4=[],s3=[],f4=0;f4<
i3;f4++)if((o4=k2[f4])&&16&o4.__u){for(_3=0,p3=a4.length;_3<p3;)a4[y3=_3+p3>>1]<o4.__i?_3=y3+1:p3=y3;a4[_3]=o4.__i,s3[f4]=
_3+1}for(_3=a4.length;f4--;)s3[f4]&&(s3[f4]==_3?_3--:k2[f4].__u|=4)}if(d3)for(f4=0;f4<v3;f4++)!(e3=r3[f4])||2&e3.__u||(e3.
__e==u3&&(u3=S(e3)),J(e3,e3));return u3}function A(n2,t3,r3,u3){var i3,f4,o4,e3;if("function"==typeof n2.type){if(n2.props.
__P)return t3;if(i3=n2.__k)for(f4=0;f4<i3.length;f4++)i3[f4]&&(i3[f4].__=n2,t3=A(i3[f4],t3,r3,false));return t3}for(t3&&
!t3.parentNode&&(t3=S(n2))&&!t3.parentNode&&(t3=null),o4=n2.__e,e3=t3;e3&&8==e3.nodeType;)e3=e3.nextSibling;for(o4!=e3&&
(!u3&&r3.moveBefore&&o4.parentNode?r3.moveBefore(o4,t3):r3.insertBefore(o4,t3||null)),t3=o4;(t3=t3&&t3.nextSibling)&&8==
t3.nodeType&&!t3.data.startsWith("$s"););return t3}function P(n2,t3,r3,u3){var i3,f4=n2.key,o4=n2.type,e3=t3[r3],l3=e3&&!(2&e3.__u);if(null===e3&&null==f4||l3&&f4==e3.key&&
o4==e3.type)return r3;if(u3>(l3?1:0)){for(i3=r3-1;i3>=0;i3--)if((e3=t3[i3])&&!(2&e3.__u)&&f4==e3.key&&o4==e3.type)return i3;
for(i3=r3+1;i3<t3.length;i3++)if((e3=t3[i3])&&!(2&e3.__u)&&f4==e3.key&&o4==e3.type)return i3}return-1}function T(n2,t3,r3){
null==r3&&(r3=""),"-"==t3[0]?n2.setProperty(t3,r3):n2[t3]=r3}function N(n2,t3,r3,u3,i3){var f4,o4;if("style"==t3)if("str\
ing"==typeof r3)n2.style.cssText=r3;else{if("string"==typeof u3&&(n2.style.cssText=u3=""),u3)for(t3 in u3)r3&&t3 in r3||
T(n2.style,t3);if(r3)for(t3 in r3)u3&&r3[t3]==u3[t3]||T(n2.style,t3,r3[t3])}else if("o"==t3[0]&&"n"==t3[1])"function"!=typeof r3&&
(r3=null),"function"!=typeof u3&&(u3=null),(n2.__e||(n2.__e={}))[t3]=r3,r3&&u3||(o4=a[t3]||(a[t3]=V(t3)),(n2.__a||(n2.__a=
{}))[t3]=c,f4=t3!=(t3=t3.replace(l,"$1")),(t3=t3.slice(2))[0]<"a"&&(t3=t3.toLowerCase()),r3?n2.addEventListener(t3,o4,f4):
n2.removeEventListener(t3,o4,f4));else{if("http://www.w3.org/2000/svg"==i3)t3=t3.replace(/xlink(H|:h)/,"h").replace(/sName$/,
"s");else if("width"!=t3&&"height"!=t3&&"href"!=t3&&"list"!=t3&&"form"!=t3&&"tabIndex"!=t3&&"download"!=t3&&"rowSpan"!=t3&&
"colSpan"!=t3&&"role"!=t3&&"popover"!=t3&&t3 in n2)try{return void(n2[t3]=null==r3?"":r3)}catch(n3){}if("function"==typeof r3)
return;null==r3||false===r3&&"-"!=t3[4]?n2.removeAttribute(t3):n2.setAttribute(t3,"popover"==t3&&1==r3?"":r3)}}function V(t3){
return function(r3){var u3=this.__e;if(u3){if(u3=u3[t3],null==r3[e])r3[e]=c++;else if(r3[e]<this.__a[t3])return;return u3(
n.event?n.event(r3):r3)}}}function z(t3,r3,u3,i3,f4,o4,e3,l3,c3,a4){var s3,p3,v3,d3,k2,b,m3,M,C3,j3,L2,H2,q2,A3,O,P2,T3,
N2,V2=r3.type;if(r3.constructor!==h)return null;128&u3.__u&&(c3=32&u3.__u,s3=u3.__c.__z)&&(r3.__u|=c3,p3=o4=[],8==s3.nodeType?
l3=B(s3,o4):o4.push(s3),l3=o4[0]||l3),(s3=n.__b)&&s3(r3);n:if("function"==typeof V2){v3=e3.length;try{if(M=r3.props,C3=(s3=
V2.prototype)&&s3.render,j3=(s3=V2.contextType)&&i3[s3.__c],L2=s3?j3?j3.props.value:s3.__:i3,(d3=u3.__c)?(r3.__c=d3,2&d3.
__g&&(d3.__g|=1)):(C3?r3.__c=d3=new V2(M,L2):(r3.__c=d3=new x(M,L2),d3.constructor=V2,d3.render=K),j3&&j3.sub(d3),d3.state||
(d3.state={}),d3.__n=i3,d3.__g|=8,d3.__h=[],d3.__k=[]),C3&&(d3.__s||(d3.__s=d3.state),V2.getDerivedStateFromProps&&(d3.__s==
d3.state&&(d3.__s=_({},d3.__s)),_(d3.__s,V2.getDerivedStateFromProps(M,d3.__s)))),k2=d3.props,b=d3.state,d3.__v=r3,u3.__c){
if(M!==k2&&C3&&!V2.getDerivedStateFromProps&&d3.componentWillReceiveProps&&d3.componentWillReceiveProps(M,L2),r3.__v==u3.
__v&&!(8&d3.__g)||!(4&d3.__g)&&d3.shouldComponentUpdate&&false===d3.shouldComponentUpdate(M,d3.__s,L2)){r3.__v!=u3.__v&&
(d3.props=M,d3.state=d3.__s,d3.__g&=-9),r3.__e=u3.__e,r3.__k=u3.__k,r3.__k.some(function(n2){n2&&(n2.__=r3)}),y.push.apply(
d3.__h,d3.__k),d3.__k=[],d3.__h.length&&e3.push(d3),l3=S(u3);break n}d3.componentWillUpdate&&d3.componentWillUpdate(M,d3.
__s,L2),C3&&d3.componentDidUpdate&&d3.__h.push(function(){d3.componentDidUpdate(k2,b,m3)})}else C3&&!V2.getDerivedStateFromProps&&
d3.componentWillMount&&d3.componentWillMount(),C3&&d3.componentDidMount&&d3.__h.push(d3.componentDidMount);d3.context=L2,
d3.props=M,d3.__P=t3,d3.__g&=-5,H2=n.__r,q2=C3?25:0;do{d3.__g&=-9,H2&&H2(r3),s3=d3.render(d3.props,d3.state=d3.__s,d3.context)}while(8&
d3.__g&&++q2<25);C3&&(y.push.apply(d3.__h,d3.__k),d3.__k=[]),d3.state=d3.__s,d3.getChildContext&&(i3=_({},i3,d3.getChildContext())),
C3&&u3.__c&&d3.getSnapshotBeforeUpdate&&(m3=d3.getSnapshotBeforeUpdate(k2,b)),A3=s3&&s3.type===$&&null==s3.key?s3.props.
children:s3,M.__P&&(s3=l3,f4=(t3=M.__P).namespaceURI,c3=o4=null,u3.props&&u3.props.__P!=t3&&(u3.__k.some(function(n2){n2&&
J(n2,n2)}),u3.__k=null),l3=u3.__k?S(u3,0):null),l3=I(t3,w(A3)?A3:[A3],r3,u3,i3,f4,o4,e3,l3,c3,a4),M.__P&&(r3.__e=null,l3=
s3),r3.__u&=-161,p3&&p3.some(g),d3.__h.length&&e3.push(d3),1&d3.__g&&(d3.__g&=-4)}catch(t4){if(e3.length=v3,r3.__v=null,
c3||o4)if(t4&&t4.then){if(r3.__u|=128|c3,o4){for(~(T3=o4.indexOf(l3||void 0))||(T3=o4.length);(N2=o4[T3-1])&&8==N2.nodeType;)
T3--;for(;T3<o4.length;T3++)if(N2=o4[T3])if(o4[T3]=null,O){if(N2==P2)break}else{if(8!=N2.nodeType)break;N2.data.startsWith(
"$s")&&(P2=B(O=N2))}}if(!O){for(;l3&&8==l3.nodeType&&l3.nextSibling;)l3=l3.nextSibling;O=l3}(s3=B(O=r3.__c.__z||(r3.__c.
__z=O)))?(r3.__e=O,l3=s3):r3.__e=l3,l3=l3&&l3.nextSibling}else o4&&o4.some(g);else r3.__e=u3.__e;r3.__k||(r3.__k=u3.__k||
[]),t4&&t4.then||D(r3),n.__e(t4,r3,u3)}}else l3=r3.__e=F(u3.__e,r3,u3,i3,f4,o4,e3,c3,a4,t3);return(s3=n.diffed)&&s3(r3),
l3}function B(n2,t3){if(n2&&8==n2.nodeType&&n2.data.startsWith("$s"))for(var r3=1;n2=n2.nextSibling;){if(8==n2.nodeType){
if(n2.data.startsWith("$s"))r3++;else if(n2.data.startsWith("/$s")&&!--r3)return n2}t3&&t3.push(n2)}}function D(n2){n2&&
(n2.__c&&(n2.__c.__g|=4),n2.__k&&n2.__k.some(D))}function E(t3,r3,u3){for(var i3=0;i3<u3.length;)G(u3[i3++],u3[i3++],u3[i3++]);
n.__c&&n.__c(r3,t3),t3.some(function(r4){try{t3=r4.__h,r4.__h=[],t3.some(function(n2){n2.call(r4)})}catch(t4){n.__e(t4,r4.
__v)}})}function F(t3,r3,u3,i3,f4,o4,e3,l3,c3,a4){var s3,h3,y3,_3,k2,b,m3,M,$2=u3.props||p,x2=r3.props,C3=r3.type;if("sv\
g"==C3?f4="http://www.w3.org/2000/svg":"math"==C3?f4="http://www.w3.org/1998/Math/MathML":f4||(f4="http://www.w3.org/199\
9/xhtml"),o4){for(s3=0;s3<o4.length;s3++)if((k2=o4[s3])&&(C3?k2.localName==C3:3==k2.nodeType)){t3=k2,o4[s3]=null;break}}
if(!t3){if(M=a4.ownerDocument||document,!C3)return M.createTextNode(x2);t3=M.createElementNS(f4,C3,x2.is?x2:a4),l3&&(n.__m&&
n.__m(r3,o4),l3=false),o4=null}if(C3){if(a4="template"==C3&&t3.content||t3,o4="textarea"==C3&&null!=x2.defaultValue?null:
o4&&d.call(a4.childNodes),!l3&&o4)for($2={},s3=0;s3<t3.attributes.length;s3++)$2[(k2=t3.attributes[s3]).name]=k2.value;for(s3 in $2)
k2=$2[s3],"dangerouslySetInnerHTML"==s3?y3=k2:"children"==s3||s3 in x2||"value"==s3&&"defaultValue"in x2||"checked"==s3&&
"defaultChecked"in x2||N(t3,s3,null,k2,f4);for(s3 in x2)k2=x2[s3],"children"==s3?_3=k2:"dangerouslySetInnerHTML"==s3?h3=
k2:"value"==s3?b=k2:"checked"==s3?m3=k2:l3&&"function"!=typeof k2||$2[s3]===k2||N(t3,s3,k2,$2[s3],f4);h3?(l3||y3&&(h3.__html==
y3.__html||h3.__html==t3.innerHTML)||(t3.innerHTML=h3.__html),r3.__k=[]):(y3&&(t3.textContent=""),("foreignObject"==C3||
"http://www.w3.org/1998/Math/MathML"==f4&&v.test(C3))&&(f4="http://www.w3.org/1999/xhtml"),I(a4,w(_3)?_3:[_3],r3,u3,i3,f4,
o4,e3,o4?o4[0]:u3.__k&&S(u3,0),l3,c3),o4&&o4.some(g)),l3&&"textarea"!=C3||(s3="value","progress"==C3&&null==b?t3.removeAttribute(
s3):null==b||b===t3[s3]&&("progress"!=C3||b)||N(t3,s3,b,$2[s3],f4),s3="checked",null!=m3&&m3!=t3[s3]&&N(t3,s3,m3,$2[s3],
f4))}else $2===x2||l3&&t3.data==x2||(t3.data=x2);return t3}function G(t3,r3,u3,i3){try{"function"==typeof t3?r3?r3.__x=t3(
r3)||1:i3&&(i3=i3.__c||i3.__e)&&(r3=i3.__x)&&(i3.__x=null,"function"==typeof r3?r3():t3(null)):t3.current=r3}catch(t4){n.
__e(t4,u3)}}function J(t3,r3,u3){var i3,f4,o4,e3;if(n.unmount&&n.unmount(t3),!(i3=t3.ref)||i3.current&&i3.current!=t3.__e||
G(i3,null,r3,t3),i3=t3.__c){if(i3.componentWillUnmount)try{i3.componentWillUnmount()}catch(t4){n.__e(t4,r3)}i3.__P=i3.__n=
null}if(i3=t3.__k)for(e3=0;e3<i3.length;e3++)i3[e3]&&J(i3[e3],r3,"function"!=typeof t3.type||u3&&!t3.props.__P);!u3&&(i3=
t3.__c)&&(i3=i3.__z)&&(f4=B(i3,o4=[]))&&(i3==t3.__e&&o4.some(g),g(f4),g(i3)),u3||g(t3.__e),t3.__e=t3.__c=t3.__=null}function K(n2,t3,r3){
return this.constructor(n2,r3)}function Q(t3,r3){var u3,i3,f4,o4;n.__&&n.__(t3,r3),9==r3.nodeType&&(r3=r3.documentElement),
i3=(u3=t3&&32&t3.__u)?null:r3.__k,r3.__k=m($,{children:[t3]}),f4=[],o4=[],z(r3,r3.__k,i3||p,p,r3.namespaceURI,i3?null:r3.
firstChild?d.call(r3.childNodes):null,f4,i3?i3.__e:r3.firstChild,u3,o4),E(f4,r3.__k,o4),r3.__k.props.children=null}function U(n2){function t3(n3){var r3,u3;return this.getChildContext||(r3=new Set,(u3={})[t3.__c]=this,this.getChildContext=
function(){return u3},this.shouldComponentUpdate=function(n4){this.props.value!=n4.value&&r3.forEach(function(n5){n5.__g|=
4,L(n5)})},this.sub=function(n4){r3.add(n4);var t4=n4.componentWillUnmount;n4.componentWillUnmount=function(){r3.delete(
n4),t4&&t4.call(n4)}}),n3.children}return t3.__c="__cC"+s++,t3.__=n2,t3.Provider=(t3.Consumer=function(n3,t4){return n3.
children(t4)}).contextType=t3,t3}n={__e:function(n2,t3,r3,u3){for(var i3,o4,e3;t3=t3.__;)if((i3=t3.__c)&&!(1&i3.__g)){i3.__g|=4;try{if((e3=(o4=i3.constructor)&&
o4.getDerivedStateFromError)&&i3.setState(o4.getDerivedStateFromError(n2)),i3.componentDidCatch&&(i3.componentDidCatch(n2,
u3||{}),e3=1),e3&&8&i3.__g)return void(i3.__g|=2)}catch(t4){n2=t4}}throw f=0,n2}},t=0,r=function(n2){return null!=n2&&n2.
constructor===h},x.prototype.setState=function(n2,t3){var r3=this.__s;r3&&r3!=this.state||(r3=this.__s=_({},this.state)),
"function"==typeof n2&&(n2=n2(_({},r3),this.props)),n2&&(_(r3,n2),this.__v&&(t3&&this.__k.push(t3),L(this)))},x.prototype.
forceUpdate=function(n2){this.__v&&(this.__g|=4,n2&&this.__h.push(n2),L(this))},x.prototype.render=$,u=[],f=0,o=function(n2,t3){
return n2.__v.__b-t3.__v.__b},e=Symbol(),l=/(PointerCapture)$|Capture$/i,c=0,a={},s=0;var t2;var r2;var u2;var i2;var o2=Object.is;var f2=0;var c2=[];var e2=[];var a2=n;var v2=a2.__b;var l2=a2.__r;var m2=a2.
diffed;var h2=a2.__c;var s2=a2.unmount;var p2=a2.__;function y2(n2,t3){a2.__h&&a2.__h(r2,n2,f2||t3),f2=0;var u3=r2.__H||
(r2.__H={__:[],__h:[]});return n2>=u3.__.length&&u3.__.push({}),u3.__[n2]}function d2(n2){return f2=1,_2(G2,n2)}function _2(n2,u3,i3){
var f4=y2(t2++,2);if(f4.t=n2,!f4.__c&&(f4.__=[i3?i3(u3):G2(void 0,u3),function(n3){var t3=(f4.__N||f4.__)[0],r3=f4.t(t3,
n3);o2(t3,r3)||(f4.__N=[r3,f4.__[1]],f4.__c.setState({}))}],f4.__c=r2,!r2.__f)){r2.__f=true;var c3=r2.shouldComponentUpdate;
r2.shouldComponentUpdate=function(n3,t3,r3){var u4=this.__H;if(!u4)return true;var i4=false,f5=this.props!=n3;if(u4.__.some(
function(n4){n4.__N&&(i4=true,o2(n4.__[0],n4.__N[0])||(f5=true))}),c3){var e3=c3.call(this,n3,t3,r3);return i4?e3||f5:e3}
return!i4||f5}}return f4.__}function A2(n2,u3){var i3=y2(t2++,3);!a2.__s&&E2(i3.__H,u3)&&(i3.__P=true,i3.__=n2,i3.u=u3,r2.
__H.__h.push(i3))}function T2(n2){return f2=5,w2(function(){return{current:n2}},[])}function w2(n2,r3){var u3=y2(t2++,7);return E2(u3.__H,r3)&&(u3.__=n2(),u3.__H=r3),u3.__}function j2(n2){var u3=r2.context[n2.__c],i3=y2(t2++,9);return i3.c=n2,u3?(null==i3.__&&(i3.__=true,u3.sub(r2)),u3.props.
value):n2.__}function g2(){var n2;do{for(;n2=e2.shift();)try{C2(n2)}catch(t4){a2.__e(t4,{__:(n2=n2.__P)&&n2.__v})}for(;n2=c2.shift();){
var t3=n2.__H;if(n2.__P&&t3)try{t3.__h.some(C2),t3.__h.some(D2),t3.__h=[]}catch(r3){t3.__h=[],a2.__e(r3,n2.__v)}}}while(e2.
length)}a2.__b=function(n2){r2=null,v2&&v2(n2)},a2.__=function(n2,t3){n2&&t3.__k&&t3.__k.__m&&(n2.__m=t3.__k.__m),p2&&p2(
n2,t3)},a2.__r=function(n2){l2&&l2(n2),t2=0;var i3=(r2=n2.__c).__H;i3&&(u2==r2?r2.__h=[]:(i3.__h.some(C2),i3.__h.some(D2),
t2=0),i3.__h=[],i3.__.some(function(n3){n3.__N&&(n3.__=n3.__N),n3.u=n3.__N=void 0})),u2=r2},a2.diffed=function(n2){m2&&m2(
n2);var t3=n2.__c;t3&&t3.__H&&(t3.__H.__h.length&&B2(c2.push(t3)),t3.__H.__.some(function(n3){n3.u&&(n3.__H=n3.u)})),u2=
r2=null},a2.__c=function(n2,t3){t3.some(function(n3){try{n3.__h.some(C2),n3.__h=n3.__h.filter(function(n4){return!n4.__||
D2(n4)})}catch(t4){n3.__h=[function(){throw t4}]}}),h2&&h2(n2,t3)},a2.unmount=function(n2){s2&&s2(n2);var t3,r3,u3=n2.__c;
u3&&u3.__H&&(u3.__H.__.some(function(u4){try{if(u4.__P&&u4.__c){if(void 0===r3){for(r3=n2.__;r3&&(!r3.__c||!r3.__c.__P);)
r3=r3.__;r3=r3&&r3.__c}u4.__P=r3,B2(e2.push(u4))}else C2(u4)}catch(n3){t3=n3}}),u3.__H=void 0,t3&&a2.__e(t3,u3.__v))};var k="\
function"==typeof requestAnimationFrame;function z2(n2){var t3,r3=function(){clearTimeout(u3),k&&cancelAnimationFrame(t3),
setTimeout(n2)},u3=setTimeout(r3,35);k&&(t3=requestAnimationFrame(r3))}function B2(n2){1!=n2&&i2==a2.requestAnimationFrame||
((i2=a2.requestAnimationFrame)||z2)(g2)}function C2(n2){var t3=r2,u3=n2.__c;"function"==typeof u3&&(n2.__c=void 0,u3()),
r2=t3}function D2(n2){var t3=r2;n2.__c=n2.__(),r2=t3}function E2(n2,t3){return!n2||n2.length!=t3.length||t3.some(function(t4,r3){
return!o2(t4,n2[r3])})}function G2(n2,t3){return"function"==typeof t3?t3(n2):t3}var APPEARANCE_EVENT="appearance";function wearAppearance(appearance){dispatchEvent(new CustomEvent(APPEARANCE_EVENT,{detail:appearance}))}function boot(){const block=document.getElementById("boot");return block?.textContent?JSON.parse(block.textContent):{}}var f3=Symbol.for("pv");var o3=0;function a3(t3,e3,n2,u3,a4,i3){e3||(e3={});var c3,l3,p3=e3;if("ref"in p3&&"function"!=typeof t3)for(l3 in p3={},e3)"ref"==
l3?c3=e3[l3]:p3[l3]=e3[l3];var s3={type:t3,props:p3,key:n2,ref:c3,__k:null,__:null,__b:0,__e:null,__c:null,constructor:f3,
__v:--o3,__i:-1,__u:0};return(a4||i3)&&(s3.__source=a4,s3.__self=i3),n.vnode&&n.vnode(s3),s3}var PATHS={alert:"M10 6.5v4.2m0 2.8h.01M8.6 3.4 2.5 14a1.6 1.6 0 0 0 1.4 2.4h12.2a1.6 1.6 0 0 0 1.4-2.4L11.4 3.4a1.6 1.6\
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
h14"};function Icon({name,size=20}){return a3("svg",{class:`icon icon-${name}`,width:size,height:size,viewBox:"0 0 20 20",
fill:"none",stroke:"currentColor","stroke-width":"1.6","stroke-linecap":"round","stroke-linejoin":"round","aria-hidden":"\
true",children:a3("path",{d:PATHS[name]})})}function Button({kind="secondary",icon,busy=false,wide=false,children,onClick,...rest}){return a3("button",{type:"button",
...rest,class:`button button-${kind}${wide?" wide":""}`,"aria-disabled":busy||void 0,"aria-busy":busy||void 0,onClick:event=>{
if(busy)event.preventDefault();else onClick?.(event)},children:[busy?a3(Spinner,{}):icon&&a3(Icon,{name:icon,size:18}),a3(
"span",{children})]})}function IconButton({icon,label,...rest}){return a3("button",{type:"button",...rest,class:"icon-bu\
tton","aria-label":label,title:label,children:a3(Icon,{name:icon})})}function Spinner(){return a3("span",{class:"spinner",
"aria-hidden":"true"})}function Dialog({title,onClose,children,actions}){const dialog=T2(null);A2(()=>{const before=document.activeElement;dialog.
current?.showModal();return()=>before instanceof HTMLElement?before.focus():void 0},[]);return a3("dialog",{ref:dialog,class:"\
dialog","aria-labelledby":"dialog-title",onCancel:event=>{event.preventDefault();onClose()},children:[a3("h2",{id:"dialo\
g-title",children:title}),children,a3("div",{class:"actions",children:actions})]})}var HIDDEN={type:"password"};var SHOWN={type:"text"};function Field(props){const{id,label,optional,help,error,hint:hint2}=props;
const described=[help&&`${id}-help`,hint2&&!error&&`${id}-hint`,error&&`${id}-error`].filter(Boolean).join(" ");return a3(
"div",{class:`field${error?" has-error":""}`,children:[a3("label",{for:id,children:[label,optional&&a3("span",{class:"op\
tional",children:optional})]}),help&&a3("p",{class:"help",id:`${id}-help`,children:help}),a3(Control,{...props,described}),
hint2&&!error&&a3("p",{class:"hint",id:`${id}-hint`,children:[a3(Icon,{name:"info",size:16}),a3("span",{children:hint2})]}),
error&&a3("p",{class:"error",id:`${id}-error`,children:[a3(Icon,{name:"alert",size:16}),a3("span",{children:error})]})]})}
function Control({id,value,onInput,optional,error,before,after,options,secret,multiline,input,described}){const[shown,show2]=d2(
false);const common={id,value,required:!optional,"aria-invalid":error?"true":void 0,"aria-describedby":described||void 0,
onInput:event=>onInput(event.currentTarget.value)};if(options){return a3("div",{class:"control select",children:[a3("sel\
ect",{...common,children:options.map(option=>a3("option",{value:option.value,children:option.label},option.value))}),a3(
Icon,{name:"chevron",size:16})]})}if(multiline)return a3("textarea",{...common,class:"control",rows:5,spellcheck:false,autocomplete:"\
off"});return a3("div",{class:"control",children:[before&&a3("span",{class:"affix",children:before}),a3("input",{...secret&&
!shown?HIDDEN:SHOWN,autocomplete:secret?"new-password":"off",autocapitalize:"none",spellcheck:false,...input,...common}),
after&&a3("span",{class:"affix",children:after}),secret&&a3("button",{type:"button",class:"icon-button","aria-pressed":shown,
"aria-label":shown?secret.hide:secret.show,title:shown?secret.hide:secret.show,"aria-controls":id,onClick:()=>show2(!shown),
children:a3(Icon,{name:shown?"eye-off":"eye"})})]})}var Problem=class extends Error{constructor(status,reason,message,document2={}){super(message);this.status=status;this.reason=
reason;this.document=document2}status;reason;document};async function send(path,{method,headers={},body,signal},accept){
const init={method:method??(body===void 0?"GET":"POST"),headers:{accept,...body===void 0?{}:{"content-type":"application\
/json"},...headers},credentials:"same-origin",cache:"no-store"};if(body!==void 0)init.body=JSON.stringify(body);if(signal)
init.signal=signal;let answer;try{answer=await fetch(path,init)}catch(error){if(signal?.aborted)throw error;throw new Problem(
0,"NETWORK","The server cannot be reached.")}if(answer.ok)return answer;const document2=await answer.json().catch(()=>({}));
throw new Problem(answer.status,String(document2["reason"]??"UNKNOWN"),String(document2["detail"]??answer.statusText),document2)}
async function call(path,options={}){const answer=await send(path,options,"application/json");return answer.status===204?
void 0:await answer.json()}async function*events(path,options={}){const answer=await send(path,options,"text/event-strea\
m");if(!answer.body)return;const reader=answer.body.pipeThrough(new TextDecoderStream).getReader();let rest="";let next={
id:"",event:"message",data:""};for(;;){const{done,value}=await reader.read();if(done)return;const lines=(rest+value).split(
/\r\n|\n|\r/);rest=lines.pop()??"";for(const line of lines){if(line===""){if(next.data)yield{...next,data:next.data.replace(
/\n$/,"")};next={id:next.id,event:"message",data:""};continue}const[,field,text]=/^(\w+):? ?(.*)$/.exec(line)??[];if(field===
"data")next.data+=`${text}
`;else if(field==="event")next.event=text??"";else if(field==="id")next.id=text??""}}}var RIGHT_TO_LEFT=new Set(["ar","he","fa","ur"]);function createI18n(locale,english,texts={},instead={}){const plurals=new Intl.
PluralRules(locale);const source=key=>instead[key]??texts[key]??english[key]??key;const chosen=(text,values)=>choosePlurals(
text,values,plurals);return{locale,direction:RIGHT_TO_LEFT.has(locale.split("-")[0]??"")?"rtl":"ltr",t:(key,values={})=>chosen(
source(key),values).replace(/\{(\w+)\}/g,(_3,name)=>String(values[name]??"")),rich:(key,values)=>chosen(source(key),values).
split(/\{(\w+)\}/).map((part,at)=>at%2?values[part]:part),date:time=>new Intl.DateTimeFormat(locale,{dateStyle:"long"}).
format(time)}}function choosePlurals(text,values,rules){return text.replace(/\{(\w+), plural,((?:\s*[=\w]+\s*\{[^{}]*(?:\{\w+\}[^{}]*)*\})+)\s*\}/g,
(_3,name,arms)=>{const count=Number(values[name]);const found={};for(const[,arm,body2]of arms.matchAll(/([=\w]+)\s*\{([^{}]*(?:\{\w+\}[^{}]*)*)\}/g))
found[arm??""]=body2??"";const body=found[`=${count}`]??found[rules.select(count)]??found["other"]??"";return body.replaceAll(
"#",new Intl.NumberFormat(rules.resolvedOptions().locale).format(count))})}function negotiate(wanted,there){for(const tag of wanted){
const found=there.find(it=>it.toLowerCase()===tag.toLowerCase())??there.find(it=>it===tag.split("-")[0]?.toLowerCase());
if(found)return found}return"en"}function Logo({name,src,size=40}){const letter=[...name.trim()][0]?.toLocaleUpperCase()??"·";const tint=[...name].reduce(
(sum,sign)=>(sum*31+(sign.codePointAt(0)??0))%8,7);return a3("span",{class:`logo logo-${size>=48?"large":"small"} tint-${tint}`,
"aria-hidden":"true",children:src?a3("img",{src,alt:"",width:size,height:size}):letter})}var ICONS={info:"info",warning:"alert",danger:"alert",success:"check"};function Notice({kind="info",title,children}){return a3(
"div",{class:`notice notice-${kind}`,children:[a3(Icon,{name:ICONS[kind]??"info"}),a3("div",{children:[title&&a3("p",{class:"\
notice-title",children:title}),children]})]})}var listeners=new Set;function announce(text,kind="polite"){for(const listener of listeners)listener(kind,text)}function StatusRegions(){
const[said2,say]=d2({polite:"",assertive:""});A2(()=>{const listener=(kind,text)=>say(before=>({...before,[kind]:text}));
listeners.add(listener);return()=>void listeners.delete(listener)},[]);return a3($,{children:[a3("div",{class:"for-reade\
rs",role:"status",children:said2.polite}),a3("div",{class:"for-readers",role:"alert",children:said2.assertive})]})}var Context=U(void 0);function useShared(){const shared=j2(Context);if(!shared)throw new Error("outside of the program");
return shared}function useFlow(){const{flow}=useShared();if(!flow)throw new Error("no session yet");return flow}var SessionClient=class _SessionClient{constructor(id,holder){this.id=id;this.holder=holder}id;holder;static async open(token,environment){
const{binding,session}=await call("/connect/api/sessions",{body:{token,...environment&&{environment}}});return{client:new _SessionClient(
session.id,{binding}),session}}read(){return this.call("")}form(key){return this.call(`/integrations/${encodeURIComponent(
key)}`)}start(integration,fields,window2){return this.call("/attempts",{body:{integration,fields,window:window2}})}confirm(attempt){
return this.call(`/attempts/${encodeURIComponent(attempt)}/confirm`,{body:{}})}async result(){const{result_token}=await this.
call("/result",{body:{}});return result_token}async approval(){const{link}=await this.call("/approval",{body:{}});return link}cancel(attempt){
return this.call(`/attempts/${encodeURIComponent(attempt)}`,{method:"DELETE"})}async*watch(signal){let revision="";let streams=true;
for(let failures=0;!signal.aborted;){try{for await(const session of streams?this.stream(signal):this.poll(revision,signal)){
failures=0;if(session.revision!==revision)yield session;revision=session.revision}}catch(error){if(signal.aborted)return;
if(error instanceof Problem&&error.status>=400&&error.status<500)throw error;failures+=1;streams=failures<2;await pause(
Math.min(500*2**failures,8e3),signal)}}}async*stream(signal){for await(const{event,data}of events(this.path("/watch"),{...this.
headers(),signal})){if(event==="problem")throw new Problem(410,data,data);yield JSON.parse(data)}}async*poll(revision,signal){
yield await this.call(`/watch?known=${encodeURIComponent(revision)}`,{signal})}path(rest){return`/connect/api/sessions/${encodeURIComponent(
this.id)}${rest}`}headers(){return{headers:"binding"in this.holder?{authorization:`Bearer ${this.holder.binding}`}:{"x-f\
orm-token":this.holder.form_token}}}call(rest,options={}){return call(this.path(rest),{...options,...this.headers()})}};
function pause(milliseconds,signal){return new Promise(resolve=>{const timer=setTimeout(resolve,milliseconds);signal.addEventListener(
"abort",()=>{clearTimeout(timer);resolve()})})}var FEATURES="popup=yes,width=520,height=720";var PAGE="/connect/window";function openWindow(){const opened=window.open(
PAGE,"_blank",FEATURES);if(!opened||opened.closed)return void 0;let visit;let asked=false;const send2=()=>{if(visit&&asked)
opened.postMessage({type:"visit",...visit},location.origin)};addEventListener("message",event=>{if(event.origin!==location.
origin||event.source!==opened||event.data?.type!=="where")return;asked=true;send2()});return{go:to=>{visit=to;send2()},focus:()=>opened.
focus(),close:()=>opened.close(),seemsClosed:()=>opened.closed}}function askWhere(){const opener=window.opener;if(!opener)
return Promise.resolve(void 0);return new Promise(resolve=>{addEventListener("message",event=>{if(event.origin!==location.
origin||event.source!==opener||event.data?.type!=="visit")return;const{session,binding,attempt,url}=event.data;resolve({
session,binding,attempt,url})});opener.postMessage({type:"where"},location.origin)})}var PENDING="ADMIN_APPROVAL_PENDING";var CLOSED_AFTER=3e3;var Flow=class _Flow{constructor(client,place,state){this.client=
client;this.place=place;this.state=state}client;place;state;listeners=new Set;watching;opened;told=false;attempt;unwanted;telling;expiry;static async begin(client,session,place){
const flow=new _Flow(client,place,{session,screen:{at:"choose"},typed:{},leaving:false});addEventListener("pageshow",event=>event.
persisted&&void flow.refresh());addEventListener("pagehide",()=>flow.stopWatching());addEventListener("online",()=>flow.
isOffline()&&void flow.again());flow.expire();await flow.enter();flow.followHistory();void flow.watch();return flow}subscribe(listener){
this.listeners.add(listener);return()=>this.listeners.delete(listener)}set(change){this.state={...this.state,...change};
for(const listener of this.listeners)listener()}show(screen){this.set({screen,leaving:false});this.place.host?.tell({type:"\
step",step:STEPS[screen.at],integration:"form"in screen?screen.form?.key:void 0})}get canGoBack(){const{session,screen}=this.
state;return screen.at!=="choose"&&screen.at!=="done"&&session.integrations.length>1&&screen.at!=="verify"}get hasTyped(){
return this.state.screen.at==="form"&&Object.values(this.state.typed).some(Boolean)}async choose(choice){if(this.state.session.
integrations.length>1&&!this.place.host)history.pushState({step:choice.key},"");this.set({typed:{},fieldError:void 0});await this.
attempting(async()=>{const form=await this.client.form(choice.key);this.show({at:form.fields.length?"form":"explain",form})})}type(field,value){
const fieldError=this.state.fieldError?.field===field?void 0:this.state.fieldError;this.set({typed:{...this.state.typed,
[field]:value},fieldError})}async start(form,fields={},here=false){const inWindow=form.away&&this.place.windows&&!here;this.
opened?.close();this.opened=inWindow?openWindow():void 0;if(inWindow&&!this.opened){this.show({at:"blocked",form});return}
this.show({at:form.away?"opening":"verify",form});await this.attempting(async()=>{if(this.unwanted)await this.client.cancel(
this.unwanted).catch(()=>void 0);this.unwanted=void 0;const started=await this.client.start(form.key,fields,inWindow);if(started.
next==="connected"){this.connected(started.session);return}this.attempt=started.attempt;if(!this.opened||!("binding"in this.
client.holder)){location.assign(started.url);return}const{binding}=this.client.holder;this.opened.go({session:this.client.
id,binding,attempt:started.attempt,url:started.url});this.show({at:"waiting",form,seemsClosed:false});this.mindClosing()},
form)}continueInTab(){if(!("binding"in this.client.holder))return;const fragment=new URLSearchParams({f:this.client.id,b:this.
client.holder.binding});window.open(`/connect#${fragment}`,"_top")}focusWindow(){this.opened?.focus()}async cancel(){this.
opened?.close();const{screen}=this.state;const form="form"in screen?screen.form:void 0;if(this.attempt)await this.client.
cancel(this.attempt).catch(()=>void 0);this.attempt=void 0;if(form)this.show({at:form.fields.length?"form":"explain",form});else
await this.enter()}async useOther(form){const{attempt}=this.state.session;if(!attempt)return;this.show({at:"other_accoun\
t",form,busy:true});await this.attempting(async()=>this.connected(await this.client.confirm(attempt.id)),form)}async switchAccount(form){
this.unwanted=this.state.session.attempt?.id;this.attempt=void 0;if(form.fields.length)this.show({at:"form",form});else await this.
start(form)}async makeLink(form){await this.attempting(async()=>{const link=await this.client.approval();this.set({session:await this.
client.read()});this.expire();this.show({at:"pending",form,link})},form)}async back(){if(this.state.screen.at==="waiting"||
this.state.screen.at==="opening")await this.cancel();this.show({at:"choose"})}async again(){const{screen,session}=this.state;
const form=screen.at==="failed"||screen.at==="pending"?screen.form:void 0;if(form)this.show({at:form.fields.length?"form":
"explain",form});else await this.enter(session.attempt?.integration)}async chooseAnother(){this.show({at:"choose"})}startOver(){
this.place.host?.tell({type:"token"})}async renew(token){await this.attempting(async()=>{const{client,session}=await SessionClient.
open(token,this.place.environment);this.client=client;const{screen}=this.state;this.set({session});this.expire();void this.
watch();if(screen.at==="failed"&&!screen.form)await this.enter();else if(screen.at==="failed"&&screen.form)this.show({at:screen.
form.fields.length?"form":"explain",form:screen.form})})}leave(){if(this.hasTyped&&!this.state.leaving)this.set({leaving:true});else
this.close()}stay(){this.set({leaving:false})}close(){const{screen,session}=this.state;if(this.telling){void this.telling.
then(()=>this.place.host?.tell({type:"close"}));return}this.stopWatching();if(this.attempt&&!session.connection){this.opened?.
close();void this.client.cancel(this.attempt).catch(()=>void 0)}if(screen.at==="pending")this.tell({status:"pending"});else if(screen.
at==="failed"&&screen.failure.reason!=="USER_DECLINED"){const{reason,owner,reference}=screen.failure;this.tell({status:"\
failed",reason,owner,reference})}else{const reason=screen.at==="failed"?"USER_DECLINED":void 0;this.tell({status:"dismis\
sed",at:STEPS[screen.at],reason})}this.place.host?.tell({type:"close"})}async enter(integration){const{session}=this.state;
if(session.connection)return this.connected(session);const wished=integration??this.place.host?.wishes.integration;const only=session.
integrations.length===1?session.integrations[0]:session.integrations.find(it=>it.key===wished);if(session.attempt?.state===
"held"&&!integration)return this.asked(session.attempt.integration);const failed=session.failure&&session.attempt&&!integration;
const asked=session.failure?.reason===PENDING;if(failed&&session.failure&&!(asked&&session.approving)){const form2=await this.
client.form(session.attempt?.integration??"").catch(()=>void 0);return this.failed(session.failure,form2)}if(!only)return this.
show({at:"choose"});const form=await this.client.form(only.key);this.show({at:form.fields.length?"form":"explain",form})}async asked(integration){
this.opened?.close();this.attempt=this.state.session.attempt?.id;this.show({at:"other_account",form:await this.client.form(
integration),busy:false})}async watch(){this.stopWatching();const watching=new AbortController;this.watching=watching;try{
for await(const session of this.client.watch(watching.signal)){this.heard(session);if(session.connection)return}}catch(error){
const{screen}=this.state;if(!watching.signal.aborted)this.failed(failure(error),"form"in screen?screen.form:void 0)}}heard(session){
this.set({session});const{screen}=this.state;const{attempt,failure:reason}=session;if(session.connection)this.connected(
session);else if(screen.at!=="waiting"||!attempt||attempt.id!==this.attempt)return;else if(attempt.state==="failed"&&reason)
this.failed(reason,screen.form);else if(attempt.state==="held")void this.attempting(()=>this.asked(attempt.integration),
screen.form)}stopWatching(){this.watching?.abort();this.watching=void 0}mindClosing(){const opened=this.opened;let since=0;
const timer=setInterval(()=>{const{screen}=this.state;if(screen.at!=="waiting"||this.opened!==opened)return clearInterval(
timer);since=opened?.seemsClosed()?since||Date.now():0;const seemsClosed=since>0&&Date.now()-since>=CLOSED_AFTER;if(seemsClosed!==
screen.seemsClosed)this.set({screen:{...screen,seemsClosed}})},500)}connected(session){if(this.state.screen.at==="done")
return;this.opened?.close();this.attempt=void 0;clearTimeout(this.expiry);this.set({session,typed:{}});this.show({at:"do\
ne",review:Boolean(session.connection?.scopes_left_out?.length)});if(this.place.host)this.telling=this.tellConnected(session)}async tellConnected({
connection,attempt,integrations}){if(!connection)return;const integration=attempt?.integration??integrations[0]?.key??"";
const result_token=await this.result();this.tell({status:"connected",connection:{id:connection.id,integration,account:connection.
account},result_token})}result(){return this.client.result().catch(()=>void 0)}failed(failure2,form){this.opened?.close();
this.attempt=void 0;if(failure2.reason===PENDING)this.show({at:"pending",form});else this.show({at:"failed",failure:failure2,
form})}async attempting(work,form){try{await work()}catch(error){this.opened?.close();const field=error instanceof Problem&&
error.reason==="FIELD_INVALID"?error.document["field"]:void 0;if(form&&typeof field==="string"&&form.fields.some(it=>it.
name===field)){this.show({at:"form",form});this.set({fieldError:{field,message:error.message}});return}const session=await this.
client.read().catch(()=>void 0);if(session)this.set({session});if(session?.attempt?.state==="held"&&this.state.screen.at===
"verify")return this.asked(session.attempt.integration);this.failed(failure(error,session),form)}}async refresh(){await this.
attempting(async()=>{this.set({session:await this.client.read()});await this.enter();void this.watch()})}isOffline(){return this.
state.screen.at==="failed"&&this.state.screen.failure.reason==="NETWORK"}expire(){clearTimeout(this.expiry);const left=this.
state.session.expires_at-Date.now();this.expiry=setTimeout(()=>{const{screen}=this.state;if(screen.at==="done"||screen.at===
"waiting")return;this.failed({reason:"SESSION_EXPIRED",owner:"END_USER",phase:"",reference:""},"form"in screen?screen.form:
void 0)},Math.min(Math.max(left,0),2**31-1))}tell(outcome){if(this.told)return;this.told=true;this.place.host?.tell({type:"\
outcome",outcome:{session:this.client.id,...outcome}})}followHistory(){addEventListener("popstate",()=>{if(this.canGoBack)
void this.back()})}};var STEPS={choose:"choose",explain:"explain",form:"form",verify:"verify",opening:"authorize",blocked:"\
authorize",waiting:"authorize",other_account:"account",pending:"pending",failed:"failed",done:"done"};function failure(error,session){
if(!(error instanceof Problem))throw error;const recorded=session?.failure;if(recorded&&recorded.reason===error.reason)return recorded;
return{reason:error.reason,owner:error.document["owner"]??"OPERATOR",phase:"",reference:session?.attempt?.id??session?.id??
""}}var PROTOCOL=1;var PATIENCE=5e3;function allowed(origin,origins){return origins.some(it=>it===origin||it.endsWith(":*")&&
origin.startsWith(it.slice(0,-1))&&/^\d+$/.test(origin.slice(it.length-1)))}function meet(origins){return new Promise((resolve,reject)=>{
const origin=new URLSearchParams(location.hash.slice(1)).get("o")??"";if(window.parent===window||!allowed(origin,origins)){
console.error(`Latchkey: ${origin||"this page"} may not embed the connect pages. Add it to allowed_origins of the enviro\
nment.`);reject(new Error("NOT_ALLOWED_HERE"));return}const nonce=crypto.randomUUID();const timer=setTimeout(()=>{console.
error("Latchkey: the page did not answer. Open the frame with the connect script of this server.");finish(()=>reject(new Error(
"NOT_ALLOWED_HERE")))},PATIENCE);const finish=then=>{clearTimeout(timer);removeEventListener("message",heard);then()};const heard=event=>{
const port=event.ports[0];if(event.origin!==origin||event.source!==window.parent||!port)return;const{type,nonce:echoed,...wishes}=event.
data;if(type!=="welcome"||echoed!==nonce)return;finish(()=>resolve(over(port,wishes)))};addEventListener("message",heard);
window.parent.postMessage({type:"hello",nonce,protocol:PROTOCOL},origin)})}function over(port,wishes){return{wishes,tell:message=>port.
postMessage(message),listen:listener=>{port.onmessage=event=>listener(event.data)}}}function meetCompat(origins){return new Promise(
(resolve,reject)=>{const origin=location.ancestorOrigins?.[0]??(document.referrer&&new URL(document.referrer).origin);if(window.
parent===window||!allowed(origin,origins)){console.error(`Latchkey: ${origin||"this page"} may not embed the connect pag\
es. Add it to allowed_origins of the environment.`);reject(new Error("NOT_ALLOWED_HERE"));return}const say=message=>window.
parent.postMessage(message,origin);let listener;let met=false;const tell=message=>{if(message.type==="close")say({type:"\
close"});if(message.type!=="outcome")return;const{status,connection,reason}=message.outcome;if(status==="connected")say(
{type:"connect",payload:{providerConfigKey:connection?.integration,connectionId:connection?.id,isPending:false}});if(status===
"failed")say({type:"error",payload:{errorType:reason,errorMessage:reason}})};addEventListener("message",({origin:from,source,
data})=>{if(from!==origin||source!==window.parent||data?.type!=="session_token")return;const token=String(data.sessionToken);
if(met)return listener?.({type:"token",token});met=true;resolve({wishes:{token},tell,listen:it=>listener=it})});say({type:"\
ready"})})}var RETURN="return:";function openLink(){const given=new URLSearchParams(location.hash.slice(1));history.replaceState(null,
"",location.pathname);const token=given.get("s");const[session,binding]=[given.get("f"),given.get("b")];const approval=given.
get("a");const fields=token?{token}:session&&binding?{session,binding}:approval?{approval}:void 0;if(!fields)return false;
const back=given.get("r");if(back)sessionStorage.setItem(RETURN,back);const form=document.querySelector("#open");if(form&&
approval)form.action="/connect/approve";const inputs=Object.entries(fields).map(([name,value])=>{const input=document.createElement(
"input");input.type="hidden";input.name=name;input.value=value;return input});form?.replaceChildren(...inputs);form?.submit();
return true}function returnAddress(session,allowed2){const wished=sessionStorage.getItem(RETURN);if(wished){sessionStorage.
setItem(RETURN+session,wished);sessionStorage.removeItem(RETURN)}const address=sessionStorage.getItem(RETURN+session);const found=allowed2.
find(it=>it===address)??(allowed2.length===1?allowed2[0]:void 0);if(!found)return void 0;const url=new URL(found);url.searchParams.
set("latchkey_session",session);return url.href}function Frame({title,name,mark,children,actions,center}){const{boot:boot2,texts,flow}=useShared();const heading=T2(null);
A2(()=>{document.title=name;flow?.place.host?.tell({type:"title",title:name});heading.current?.focus({preventScroll:true});
scrollTo(0,0)},[name]);return a3("main",{class:`card${center?" centered":""}`,children:[a3("header",{class:"bar",children:[
flow?.canGoBack?a3(IconButton,{icon:"back",label:texts.t("back"),onClick:()=>flow.place.host?void flow.back():history.state?.
step?history.back():void flow.back()}):a3(Brand,{}),a3("span",{class:"bar-space"}),boot2.support_url&&a3("a",{class:"bar\
-help",href:boot2.support_url,target:"_blank",rel:"noopener noreferrer",children:texts.t("help")}),flow?.place.host&&a3(
IconButton,{icon:"close",label:texts.t("close"),onClick:()=>flow.leave()})]}),a3("div",{class:"content",children:[mark,a3(
"h1",{ref:heading,tabIndex:-1,children:title}),children]}),actions&&a3("footer",{class:"foot",children:actions})]})}function Brand(){
const{boot:boot2}=useShared();if(boot2.logo_light||boot2.logo_dark){return a3("span",{class:"brand",children:[a3("img",{
class:"brand-light",src:boot2.logo_light??boot2.logo_dark,alt:boot2.app_name??"",height:28}),a3("img",{class:"brand-dark",
src:boot2.logo_dark??boot2.logo_light,alt:"",height:28})]})}return boot2.app_name?a3("span",{class:"brand",children:boot2.
app_name}):a3("span",{})}function Pair({provider,state}){const{boot:boot2}=useShared();return a3("div",{class:`pair${state?
` pair-${state}`:""}`,"aria-hidden":"true",children:[boot2.app_name&&a3(Logo,{name:boot2.app_name,src:boot2.logo_light,size:56}),
boot2.app_name&&a3("span",{class:"pair-line",children:state==="done"?a3(Icon,{name:"check",size:16}):a3(Icon,{name:"arro\
w",size:16})}),a3(Logo,{name:provider,size:56})]})}function Safe(){const{texts}=useShared();return a3("p",{class:"safe",
children:[a3(Icon,{name:"lock",size:16}),a3("span",{children:texts.t("encrypted")})]})}function OtherAccount({form,busy}){const{texts}=useShared();const flow=useFlow();const{attempt,mends}=flow.state.session;
const provider=form.name;const[expected,actual]=[mends?.account??"",attempt?.account??""];const title=texts.t("other_acc\
ount_title",{provider});return a3(Frame,{center:true,name:title,title,mark:a3("span",{class:"emblem emblem-neutral",children:a3(
Icon,{name:"alert",size:26})}),actions:a3($,{children:[a3(Button,{kind:"primary",wide:true,onClick:()=>void flow.switchAccount(
form),children:texts.t("other_account_switch",{expected})}),a3(Button,{wide:true,busy,onClick:()=>void flow.useOther(form),
children:texts.t("other_account_use",{actual})})]}),children:[a3("p",{class:"lead",children:texts.t("other_account_body",
{expected,actual})}),a3("p",{class:"small",children:texts.t("other_account_hint",{provider,actual})})]})}function fold(text){return text.normalize("NFKD").replace(/\p{M}/gu,"").toLocaleLowerCase().replace(/[^\p{L}\p{N}]+/gu,"\
 ").trim()}function search(choices,query){const words=fold(query).split(" ").filter(Boolean);const ranked=choices.map(choice=>({
choice,rank:rank(choice,words)}));return ranked.filter(({rank:rank2})=>rank2>0).sort((a4,b)=>b.rank-a4.rank).map(({choice})=>choice)}
function rank(choice,words){const name=fold(choice.name);const rest=fold([choice.provider,choice.key,...choice.categories].
join(" "));const whole=words.join(" ");let sum=1;for(const word of words){const within=` ${name}`.includes(` ${word}`)?3:
name.includes(word)?2:` ${rest}`.includes(` ${word}`)||rest.replaceAll(" ","").includes(word)?1:0;if(!within)return 0;sum+=
within}return sum+(whole&&name.startsWith(whole)?10:0)}var SEARCHED_FROM=6;function Choose(){const{texts,app}=useShared();const flow=useFlow();const{integrations}=flow.state.session;
const[query,setQuery]=d2("");const found=w2(()=>search(integrations,query),[integrations,query]);const input=T2(null);const list=T2(
null);A2(()=>{if(query)announce(found.length?texts.t("search_results",{count:found.length}):texts.t("search_nothing",{query}))},
[query,found.length]);if(!integrations.length){return a3(Frame,{center:true,name:texts.t("empty_title"),title:texts.t("e\
mpty_title"),children:a3("p",{class:"lead",children:texts.t("empty_body",{app})})})}const move=event=>{const step=event.
key==="ArrowDown"?1:event.key==="ArrowUp"?-1:0;if(!step)return;const stops=[input.current,...list.current?.querySelectorAll(
"button")??[]].filter(it=>it!==null);const at=stops.indexOf(document.activeElement);stops[at+step]?.focus();event.preventDefault()};
return a3(Frame,{name:texts.t("choose_title"),title:texts.t("choose_title"),children:[a3("p",{class:"lead",children:texts.
t("choose_lead",{app})}),a3("div",{onKeyDown:move,children:[integrations.length>=SEARCHED_FROM&&a3("div",{class:"control\
 search",children:[a3(Icon,{name:"search"}),a3("input",{ref:input,type:"search",value:query,placeholder:texts.t("search"),
"aria-label":texts.t("search"),autocomplete:"off",spellcheck:false,enterkeyhint:"search",onInput:event=>setQuery(event.currentTarget.
value),onKeyDown:event=>event.key==="Enter"&&found[0]&&query&&void flow.choose(found[0])}),query&&a3(IconButton,{icon:"c\
lose",label:texts.t("search_clear"),onClick:()=>{setQuery("");input.current?.focus()}})]}),a3("ul",{class:"choices",ref:list,
children:found.map(choice=>a3("li",{children:a3("button",{type:"button",class:"choice",onClick:()=>void flow.choose(choice),
children:[a3(Logo,{name:choice.name}),a3("span",{class:"choice-name",children:[choice.name,choice.provider!==choice.name&&
a3("small",{children:choice.provider})]}),a3(Icon,{name:"chevron",size:18})]})},choice.key))}),!found.length&&a3("p",{class:"\
nothing",children:texts.t("search_nothing",{query})})]})]})}var SETUP={title:"setup_title",body:"setup_body",way:"copy"};var DOWN={title:"provider_down_title",body:"provider_down_b\
ody",way:"again"};var OURS={title:"ours_title",body:"ours_body",way:"again"};var EXPIRED={title:"session_expired_title",
body:"session_expired_body",way:"over"};var STALE={title:"stale_title",body:"stale_body",way:"none"};var SAID={USER_DECLINED:{
title:"declined_title",body:"declined_body",way:"again",neutral:true},OTHER_ACCOUNT:{title:"blocked_account_title",body:"\
blocked_account_body",way:"again"},CREDENTIALS_REJECTED:{title:"rejected_title",body:"rejected_body",way:"again"},REAUTH_REQUIRED:{
title:"expired_grant_title",body:"expired_grant_body",way:"again"},REFUSAL_UNCONFIRMED:{title:"expired_grant_title",body:"\
expired_grant_body",way:"again"},CLIENT_REJECTED:SETUP,REQUEST_REJECTED:SETUP,INTEGRATION_INCOMPLETE:SETUP,NOT_SUPPORTED:SETUP,
PROVIDER_UNAVAILABLE:DOWN,PROVIDER_TIMEOUT:DOWN,PROVIDER_UNREACHABLE:DOWN,PROVIDER_RATE_LIMITED:{title:"provider_busy_ti\
tle",body:"provider_busy_body",way:"again"},PROVIDER_RESPONSE_INVALID:{title:"provider_odd_title",body:"provider_odd_bod\
y",way:"again"},ISSUER_MISMATCH:{title:"mismatch_title",body:"mismatch_body",way:"again"},NETWORK:{title:"offline_title",
body:"offline_body",way:"retry"},SESSION_UNKNOWN:{title:"no_session_title",body:"no_session_body",way:"none"},SESSION_EXPIRED:EXPIRED,
SESSION_CONSUMED:{title:"session_used_title",body:"session_used_body",way:"none"},SESSION_IN_OTHER_BROWSER:{title:"other\
_browser_title",body:"other_browser_body",way:"none"},AUTHORIZATION_EXPIRED:{title:"expired_grant_title",body:"expired_g\
rant_body",way:"again"},STATE_UNKNOWN:STALE,STATE_USED:STALE,PAGE_STALE:STALE,NOT_OFFERED:STALE,NOT_ALLOWED_HERE:{title:"\
not_here_title",body:"not_here_body",way:"none"}};function said(reason){return SAID[reason]??OURS}function Failed({failure:failure2,form}){const{texts,app,flow}=useShared();const words=said(failure2.reason);const attempted=flow?.
state.session.integrations.find(it=>it.key===flow.state.session.attempt?.integration);const values={app,provider:form?.name??
attempted?.name??"",reference:failure2.reference};const title=texts.t(words.title,values);return a3(Frame,{center:true,name:title,
title,mark:a3("span",{class:`emblem ${words.neutral?"emblem-neutral":"emblem-wrong"}`,children:a3(Icon,{name:words.neutral?
"info":"alert",size:26})}),actions:flow&&a3(Ways,{failure:failure2}),children:a3("p",{class:"lead",children:texts.t(words.
body,values)})})}function Ways({failure:failure2}){const{texts,flow}=useShared();const[copied,setCopied]=d2(false);if(!flow)
return null;const{way}=said(failure2.reason);const{host}=flow.place;const several=flow.state.session.integrations.length>
1;const another=several&&way!=="none"&&way!=="over"&&a3(Button,{kind:"quiet",wide:true,onClick:()=>void flow.chooseAnother(),
children:texts.t("choose_other")});if(way==="again"||way==="retry"){return a3($,{children:[a3(Button,{kind:"primary",wide:true,
onClick:()=>void flow.again(),children:texts.t(failure2.reason==="USER_DECLINED"?"start_again":"try_again")}),another]})}
if(way==="copy"){const copy=async()=>{await navigator.clipboard.writeText(failure2.reference);setCopied(true);announce(texts.
t("copied"))};return a3($,{children:[a3(Button,{wide:true,kind:"primary",icon:copied?"check":"copy",onClick:()=>void copy(),
children:texts.t(copied?"copied":"copy_code")}),another,host&&a3(Button,{kind:"quiet",wide:true,onClick:()=>flow.close(),
children:texts.t("close")})]})}if(way==="over"&&host){return a3(Button,{kind:"primary",wide:true,onClick:()=>flow.startOver(),
children:texts.t("start_over")})}return host?a3(Button,{kind:"primary",wide:true,onClick:()=>flow.close(),children:texts.
t("close")}):null}function Done({review}){const{texts,app,returnTo}=useShared();const flow=useFlow();const{session}=flow.
state;const connection=session.connection;const key=session.attempt?.integration;const provider=(session.integrations.find(
it=>it.key===key)??session.integrations[0])?.name??"";const left=connection?.scopes_left_out??[];const title=review?texts.
t("partial_title"):texts.t("connected_title",{provider});const{host}=flow.place;const goBack=async event=>{event.preventDefault();
const address=new URL(returnTo??"");address.searchParams.set("latchkey_status","connected");const result=await flow.result();
if(result)address.searchParams.set("latchkey_result",result);location.assign(address)};const leave=host?a3(Button,{kind:"\
primary",wide:true,onClick:()=>flow.close(),children:texts.t(review?"partial_accept":"done")}):returnTo&&a3("a",{class:"\
button button-primary wide",href:returnTo,onClick:event=>void goBack(event),children:texts.t("connected_return",{app})});
return a3(Frame,{center:true,name:title,title,mark:review?a3(Pair,{provider}):a3(Pair,{provider,state:"done"}),actions:leave,
children:[connection?.account&&a3("p",{class:"account",children:texts.t("connected_as",{account:connection.account})}),review?
a3(Notice,{kind:"warning",children:[a3("p",{children:texts.t("partial_body",{provider,app})}),a3("ul",{class:"left-out",
children:left.map(scope=>a3("li",{children:a3("code",{children:scope})},scope))})]}):a3("p",{class:"lead",children:texts.
t(host||returnTo?"connected_body":"connected_close",{app})})]})}var SCOPES_SHOWN=6;function Explain({form}){const{texts,app}=useShared();const flow=useFlow();const provider=form.name;const{
mends,approving,end_user}=flow.state.session;const title=texts.t(mends?"reconnect_title":"explain_title",{provider});const away=form.
away?texts.t("continue_at",{provider}):texts.t("form_submit");return a3(Frame,{center:true,name:title,title,mark:a3(Pair,
{provider}),actions:a3($,{children:[a3(Button,{kind:"primary",wide:true,onClick:()=>void flow.start(form),children:away}),
a3(Safe,{})]}),children:[approving&&a3(Notice,{kind:"info",children:a3("p",{children:texts.t("approve_lead",{provider,app,
user:end_user})})}),mends?a3(Mends,{form}):a3("p",{class:"lead",children:texts.t("explain_lead",{provider,app})}),form.scopes.
length>0&&a3("section",{class:"asks",children:[a3("h2",{children:texts.t("explain_scopes",{app})}),a3("ul",{children:[form.
scopes.slice(0,SCOPES_SHOWN).map(scope=>a3("li",{children:[a3(Icon,{name:"check",size:16}),a3("code",{children:scope})]},
scope)),form.scopes.length>SCOPES_SHOWN&&a3("li",{class:"more",children:texts.t("explain_more",{count:form.scopes.length-
SCOPES_SHOWN})})]})]}),form.away&&a3("ul",{class:"points",children:[a3("li",{children:texts.t("explain_points_1",{app})}),
a3("li",{children:texts.t("explain_points_2")})]})]})}function Mends({form}){const{texts}=useShared();const{mends}=useFlow().
state.session;if(!mends)return null;const ended=mends.ended&&texts.t("reconnect_ended",{provider:form.name,date:texts.date(
new Date(mends.ended[1]))});const todo=mends.account?texts.t("reconnect_account",{account:mends.account}):texts.t("recon\
nect_lead");return a3(Notice,{kind:ended?"warning":"info",title:ended||void 0,children:a3("p",{children:todo})})}function hasShape(field,value){if(!field.pattern)return void 0;try{return new RegExp(field.pattern,"u").test(value)}catch{
return void 0}}function plain(field,typed){let value=field.multiline?typed:typed.trim();if(field.before&&value.startsWith(
field.before))value=value.slice(field.before.length).replace(/\/$/,"");if(field.after&&value.endsWith(field.after))value=
value.slice(0,-field.after.length);return value}function hint(field,typed,others,provider){const value=plain(field,typed);
if(!value||field.options?.length)return void 0;const label=field.label;if(field.secret){const prefix=/^(bearer|basic|token|authorization:)\s/i.
exec(value)?.[1];if(prefix)return{key:"hint_prefixed",values:{prefix}};if(/^(["'`]).+\1$/.test(value))return{key:"hint_q\
uoted",values:{}};if(/[•…*]{3,}|\.{3}/.test(value))return{key:"hint_masked",values:{provider}};if(/^https?:\/\//i.test(
value)&&hasShape(field,value)!==true)return{key:"hint_address",values:{label}};if(/^[^\s@]+@[^\s@]+\.[a-z]{2,}$/i.test(value)&&
hasShape(field,value)!==true)return{key:"hint_email",values:{label}}}if(hasShape(field,value)===false){const other=others.
find(it=>it!==field&&it.pattern&&hasShape(it,value));return other?{key:"hint_other_field",values:{label:other.label}}:{key:"\
hint_shape",values:{label}}}if(value!==typed.trim()&&(field.before||field.after)){return{key:"hint_kept",values:{value:`${field.
before??""}${value}${field.after??""}`}}}return void 0}function Form({form}){const{texts}=useShared();const flow=useFlow();const{typed,fieldError,session}=flow.state;const[missing,
setMissing]=d2({});const element=T2(null);const provider=form.name;const value=field=>typed[field.name]??field.value??field.
options?.[0]??"";const shown=form.fields.filter(({when})=>!when||form.fields.some(it=>it.name===when[0]&&value(it)===when[1]));
const submit=event=>{event.preventDefault();const wrong={};for(const field of shown){if(field.required&&!plain(field,value(
field)))wrong[field.name]=texts.t("field_missing",{label:field.label});else if(!field.secret&&value(field)&&hasShape(field,
plain(field,value(field)))===false)wrong[field.name]=texts.t("field_wrong",{label:field.label})}setMissing(wrong);const first=shown.
find(field=>wrong[field.name]);if(first){announce(texts.t("form_problems",{count:Object.keys(wrong).length}),"assertive");
element.current?.querySelector(`#in-${CSS.escape(first.name)}`)?.focus();return}void flow.start(form,Object.fromEntries(
shown.map(field=>[field.name,value(field)])))};const title=texts.t(session.mends?"reconnect_title":"form_title",{provider});
return a3(Frame,{name:title,title,mark:a3(Pair,{provider}),actions:a3($,{children:[a3(Button,{kind:"primary",wide:true,type:"\
submit",form:"fields",children:form.away?texts.t("continue_at",{provider}):texts.t("form_submit")}),a3(Safe,{})]}),children:[
session.mends?a3(Mends,{form}):!form.away&&a3("p",{class:"lead",children:texts.t("form_lead",{provider})}),form.steps.length>
0&&a3("details",{class:"guide",open:true,children:[a3("summary",{children:texts.t("form_where")}),a3("ol",{children:form.
steps.map(step=>a3("li",{children:a3("span",{children:linked(step)})},step))})]}),a3("form",{id:"fields",ref:element,noValidate:true,
onSubmit:submit,children:shown.map(field=>{const said2=hint(field,value(field),shown,provider);const discouraged=field.discouraged?.
includes(value(field))?texts.t("field_discouraged",{provider}):void 0;return a3(Field,{id:`in-${field.name}`,label:field.
label,value:value(field),onInput:text=>{flow.type(field.name,text);setMissing(({[field.name]:_3,...rest})=>rest)},optional:field.
required?void 0:texts.t("optional"),help:field.help?linked(field.help):void 0,error:missing[field.name]??(fieldError?.field===
field.name?fieldError.message:void 0),hint:said2?texts.t(said2.key,said2.values):discouraged,before:field.before,after:field.
after,options:field.options?.map(option=>({value:option,label:option})),secret:field.secret?{show:texts.t("show_value"),
hide:texts.t("hide_value")}:void 0,multiline:field.multiline},field.name)})})]})}function linked(text){return text.split(
/(https:\/\/[^\s),;]+[^\s),;.])/).map((part,at)=>at%2?a3("a",{href:part,target:"_blank",rel:"noopener noreferrer",children:part.
replace(/^https:\/\/(www\.)?/,"").replace(/\/$/,"")},part):part)}function Pending({form,link}){const{texts,app}=useShared();const flow=useFlow();const[copied,setCopied]=d2(false);const provider=form?.
name??"";const title=texts.t("pending_title",{provider});const copy=async()=>{await navigator.clipboard.writeText(link??
"");setCopied(true);announce(texts.t("copied"))};return a3(Frame,{center:true,name:title,title,mark:a3("span",{class:"em\
blem emblem-neutral",children:a3(Icon,{name:"info",size:26})}),actions:a3($,{children:[link?a3(Button,{kind:"primary",wide:true,
icon:copied?"check":"copy",onClick:()=>void copy(),children:texts.t(copied?"copied":"pending_copy")}):a3(Button,{kind:"p\
rimary",wide:true,icon:"link",onClick:()=>void flow.makeLink(form),children:texts.t("pending_link")}),a3(Button,{wide:true,
onClick:()=>void flow.again(),children:texts.t("pending_again")}),flow.place.host&&a3(Button,{kind:"quiet",wide:true,onClick:()=>flow.
close(),children:texts.t("done")})]}),children:[a3("p",{class:"lead",children:texts.t("pending_body",{provider,app})}),link&&
a3("div",{class:"field",children:[a3("label",{for:"approval-link",children:texts.t("pending_label")}),a3("div",{class:"c\
ontrol",children:a3("input",{id:"approval-link",readOnly:true,value:link,onFocus:event=>event.currentTarget.select()})})]})]})}var SLOW_AFTER=5e3;function Verify({form}){const{texts}=useShared();const flow=useFlow();const[slow,setSlow]=d2(false);const title=texts.
t("verify_title",{provider:form.name});A2(()=>{const timer=setTimeout(()=>{setSlow(true);announce(texts.t("verify_slow",
{provider:form.name}))},SLOW_AFTER);return()=>clearTimeout(timer)},[]);return a3(Frame,{center:true,name:title,title,mark:a3(
Pair,{provider:form.name,state:"busy"}),actions:slow&&a3(Button,{wide:true,onClick:()=>void flow.cancel(),children:texts.
t("cancel")}),children:[a3("p",{class:"lead",children:texts.t(slow?"verify_slow":"verify_body",{provider:form.name})}),a3(
Spinner,{})]})}function Opening({form}){const{texts}=useShared();const title=texts.t("opening_title",{provider:form.name});
return a3(Frame,{center:true,name:title,title,mark:a3(Pair,{provider:form.name,state:"busy"}),children:[a3("p",{class:"l\
ead",children:texts.t("opening_body")}),a3(Spinner,{})]})}function Waiting({form,seemsClosed}){const{texts}=useShared();
const flow=useFlow();const provider=form.name;const title=texts.t("waiting_title",{provider});const said2=texts.t(seemsClosed?
"waiting_closed":"waiting_body");A2(()=>{if(seemsClosed)announce(said2)},[seemsClosed]);const again=()=>void flow.start(
form,flow.state.typed);return a3(Frame,{center:true,name:title,title,mark:a3(Pair,{provider,state:"busy"}),actions:a3($,
{children:[seemsClosed?a3(Button,{kind:"primary",wide:true,icon:"window",onClick:again,children:texts.t("waiting_reopen")}):
a3(Button,{kind:"primary",wide:true,icon:"window",onClick:()=>flow.focusWindow(),children:texts.t("waiting_focus")}),a3(
"div",{class:"ways",children:[!seemsClosed&&a3(Button,{kind:"quiet",onClick:again,children:texts.t("waiting_reopen")}),a3(
Button,{kind:"quiet",onClick:()=>flow.continueInTab(),children:texts.t("waiting_here")}),a3(Button,{kind:"quiet",onClick:()=>void flow.
cancel(),children:texts.t("cancel")})]})]}),children:a3("p",{class:"lead",children:said2})})}function Blocked({form}){const{
texts}=useShared();const flow=useFlow();const provider=form.name;const title=texts.t("blocked_title",{provider});return a3(
Frame,{center:true,name:title,title,mark:a3(Pair,{provider}),actions:a3($,{children:[a3(Button,{kind:"primary",wide:true,
icon:"window",onClick:()=>void flow.start(form,flow.state.typed),children:texts.t("blocked_open",{provider})}),a3(Button,
{wide:true,onClick:()=>flow.continueInTab(),children:texts.t("waiting_here")})]}),children:a3("p",{class:"lead",children:texts.
t("blocked_body")})})}var en_default={loading:"Loading",app_fallback:"the app you came from",back:"Back",close:"Close",cancel:"Cancel",optional:"\
optional",show_value:"Show",hide_value:"Hide",help:"Help",try_again:"Try again",done:"Done",copy:"Copy",copied:"Copied",
encrypted:"Your details are stored encrypted.",choose_title:"Connect an app",choose_lead:"Choose what you want to use wi\
th {app}.",search:"Search",search_results:"{count, plural, one {# result} other {# results}}",search_nothing:"Nothing ma\
tches “{query}”.",search_clear:"Clear search",empty_title:"Nothing to connect yet",empty_body:"{app} has not set up \
any apps here yet.",explain_title:"Connect {provider}",explain_lead:"You will sign in at {provider} and decide there wha\
t {app} may do.",explain_scopes:"{app} asks for",explain_more:"{count, plural, one {and # more} other {and # more}}",explain_points_1:"\
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
first, if need be.",pending_title:"Waiting for a {provider} admin",pending_body:"This goes on by itself when they allow \
it. You can close this page.",pending_link:"Make a link for your admin",pending_label:"Link for your admin, good for a w\
eek",pending_copy:"Copy link for your admin",pending_again:"It is allowed now",approve_lead:"{user} wants to use {provid\
er} with {app}, and needs you to allow it as an admin.",declined_title:"You stopped before finishing",declined_body:"Not\
hing was connected. You can start again whenever you like.",start_again:"Start again",choose_other:"Choose another app",
rejected_title:"{provider} did not accept this",rejected_body:"Check that you copied all of it and that it has not been \
revoked.",provider_down_title:"{provider} is not responding",provider_down_body:"The problem is on their side. Try again\
 in a few minutes.",provider_busy_title:"{provider} asked us to slow down",provider_busy_body:"Try again in a few minute\
s.",provider_odd_title:"{provider} gave an answer that makes no sense",provider_odd_body:"Try again. If it happens again\
, tell {app}, with this code: {reference}.",expired_grant_title:"That took too long",expired_grant_body:"The permission \
from {provider} had already run out. Start again.",setup_title:"{app} needs to fix its {provider} setup",setup_body:"You\
 did nothing wrong. Give {app} this code: {reference}.",copy_code:"Copy code",mismatch_title:"That answer was not from {\
provider}",mismatch_body:"So it was not used, and nothing was connected. Start again.",ours_title:"Something went wrong \
on our side",ours_body:"Nothing was lost. Try again in a moment.",offline_title:"You are offline",offline_body:"What you\
 typed is still here. It goes on when you are back online.",no_session_title:"This link is not complete",no_session_body:"\
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
.",partial_review:"Review access",partial_accept:"Continue anyway",window_title:"Opening",window_lost_title:"This window\
 lost its page",window_lost_body:"Close it and start again from the page you came from.",window_done_title:"You can clos\
e this window",window_done_body:"The page you came from goes on by itself."};var LOCALES=["en","de","es","fr","ja","ar"];async function load(wanted,instead={}){const locale=negotiate(wanted?[wanted]:
navigator.languages,LOCALES);const texts=locale==="en"?{}:await fetched(locale);return createI18n(locale,en_default,texts,
instead[locale])}async function fetched(locale){try{const answer=await fetch(new URL(`../locales/connect/${locale}.json`,
import.meta.url));return await answer.json()}catch{return{}}}var page=boot();var root=document.getElementById("app");function Program(){const{flow,texts}=useShared();const[,changed]=_2(
count=>count+1,0);A2(()=>flow?.subscribe(()=>changed(void 0)),[flow]);if(!flow)return null;const{screen,leaving}=flow.state;
return a3($,{children:[a3(Screen,{flow},screen.at),leaving&&a3(Dialog,{title:texts.t("leave_title"),onClose:()=>flow.stay(),
actions:a3($,{children:[a3(Button,{kind:"primary",onClick:()=>flow.stay(),children:texts.t("leave_stay")}),a3(Button,{onClick:()=>flow.
close(),children:texts.t("leave_go")})]}),children:a3("p",{children:texts.t("leave_body")})})]})}function Screen({flow}){
const{screen}=flow.state;switch(screen.at){case"choose":return a3(Choose,{});case"explain":return a3(Explain,{form:screen.
form});case"form":return a3(Form,{form:screen.form});case"verify":return a3(Verify,{form:screen.form});case"opening":return a3(
Opening,{form:screen.form});case"waiting":return a3(Waiting,{form:screen.form,seemsClosed:screen.seemsClosed});case"othe\
r_account":return a3(OtherAccount,{form:screen.form,busy:screen.busy});case"blocked":return a3(Blocked,{form:screen.form});case"\
pending":return a3(Pending,{form:screen.form,link:screen.link});case"failed":return a3(Failed,{failure:screen.failure,form:screen.
form});case"done":return a3(Done,{review:screen.review})}}function show(shared,content=a3(Program,{})){if(!root)return;const{
texts}=shared;document.getElementById("plain")?.remove();document.documentElement.lang=texts.locale;document.documentElement.
dir=texts.direction;Q(a3(Context.Provider,{value:shared,children:[content,a3(StatusRegions,{})]}),root)}function sharedOf(texts){
return{boot:page,texts,app:page.app_name??texts.t("app_fallback")}}function showProblem(shared,reason){show(shared,a3(Failed,
{failure:{reason,owner:"END_USER",phase:"",reference:""}}))}async function hosted(shared){const client=new SessionClient(
page.session??"",{form_token:page.form_token??""});const flow=await Flow.begin(client,await client.read(),{windows:false,
environment:""});show({...shared,flow,returnTo:returnAddress(page.session??"",page.return_urls??[])})}async function framed(texts,meeting){
let host;try{host=await meeting(page.allowed_origins??[])}catch{return showProblem(sharedOf(texts),"NOT_ALLOWED_HERE")}const{
wishes}=host;const spoken=wishes.locale?await load(page.locale??wishes.locale,page.texts):texts;const shared=sharedOf(spoken);
if(wishes.appearance)wearAppearance(wishes.appearance);document.body.classList.toggle("whole",wishes.whole===true);const environment=page.
mode==="frame"?decodeURIComponent(location.pathname.split("/").pop()??""):"";let flow;let client;const begin=async token=>{
try{const opened=await SessionClient.open(token,environment);client=opened.client;flow=await Flow.begin(opened.client,opened.
session,{windows:true,host,environment});show({...shared,flow})}catch(error){const reason=error instanceof Problem?error.
reason:"INTERNAL";host.tell({type:"outcome",outcome:{status:"failed",session:client?.id,reason,owner:"END_USER"}});showProblem(
shared,reason)}};host.listen(message=>{if(message.type==="close")flow?flow.leave():host.tell({type:"close"});if(message.
type==="token")void(flow?flow.renew(message.token):begin(message.token));if(message.type==="appearance")wearAppearance(message.
appearance)});addEventListener("keydown",event=>{if(event.key==="Escape"&&!event.defaultPrevented&&!document.querySelector(
"dialog[open]"))flow?flow.leave():host.tell({type:"close"})});new ResizeObserver(()=>host.tell({type:"size",height:Math.
ceil(document.body.scrollHeight)})).observe(document.body);host.tell({type:"ready"});await begin(wishes.token)}async function visiting(shared){
const{texts}=shared;show(shared,a3(Frame,{center:true,name:texts.t("window_title"),title:texts.t("opening_body"),mark:a3(
"span",{class:"spinner","aria-hidden":"true"})}));const visit=await askWhere();if(!visit){show(shared,a3(Frame,{center:true,
name:texts.t("window_lost_title"),title:texts.t("window_lost_title"),children:a3("p",{class:"lead",children:texts.t("win\
dow_lost_body")})}));return}const{session,binding,attempt,url}=visit;await call("/connect/api/window",{body:{session,binding,
attempt}});location.replace(url)}function returned(shared){const{texts}=shared;show(shared,a3(Frame,{center:true,name:texts.
t("window_done_title"),title:texts.t("window_done_title"),mark:a3("span",{class:"emblem emblem-neutral"}),children:a3("p",
{class:"lead",children:texts.t("window_done_body")})}));window.close()}async function main(){if(page.mode==="open"&&openLink())
return;const texts=await load(page.locale,page.texts);const shared=sharedOf(texts);try{if(page.mode==="hosted")await hosted(
shared);else if(page.mode==="frame")await framed(texts,meet);else if(page.mode==="compat")await framed(texts,meetCompat);else if(page.
mode==="window")await visiting(shared);else if(page.mode==="done")returned(shared);else showProblem(shared,page.problem??
"SESSION_UNKNOWN")}catch(error){showProblem(shared,error instanceof Problem?error.reason:"INTERNAL");if(!(error instanceof
Problem))throw error}}void main();
