"use strict";(()=>{var APPEARANCE_EVENT="appearance";function boot(){let block=document.getElementById("boot");return block?.textContent?JSON.parse(block.textContent):{}}function follow(root,appearance,dress=()=>{}){let device=matchMedia("(prefers-color-scheme: dark)"),change=()=>{let scheme=appearance===
"auto"?device.matches?"dark":"light":appearance;root.dataset.scheme=scheme,root.style.setProperty("color-scheme",scheme),
dress(scheme)};return change(),device.addEventListener("change",change),()=>device.removeEventListener("change",change)}
function dressFirst(wear2){let root=document.documentElement;root.classList.add("programs");let{theme={},appearance="aut\
o"}=boot(),undress=wear2(root,theme,appearance);addEventListener(APPEARANCE_EVENT,event=>{undress(),undress=wear2(root,theme,
event.detail)})}function parse(hex){let short=/^#([0-9a-f])([0-9a-f])([0-9a-f])$/i.exec(hex.trim()),parts=/^#([0-9a-f]{2})([0-9a-f]{2})([0-9a-f]{2})$/i.
exec(hex.trim())??short?.map((part,at)=>at?part+part:part);if(parts)return[1,2,3].map(at=>Number.parseInt(parts[at]??"0",
16)/255)}function format(rgb){return`#${rgb.map(part=>Math.round(Math.min(1,Math.max(0,part))*255).toString(16).padStart(
2,"0")).join("")}`}var linear=part=>part<=.04045?part/12.92:((part+.055)/1.055)**2.4,gamma=part=>part<=.0031308?part*12.92:
1.055*part**(1/2.4)-.055;function luminance(rgb){let[r,g,b]=rgb.map(linear);return .2126*r+.7152*g+.0722*b}function contrast(one,other){
let[low,high]=[luminance(one),luminance(other)].sort((a,b)=>a-b);return(high+.05)/(low+.05)}function onColour(background){
let black=[0,0,0],white=[1,1,1];return contrast(background,white)>=contrast(background,black)?white:black}function toOklab([
red,green,blue]){let[r,g,b]=[linear(red),linear(green),linear(blue)],l=Math.cbrt(.4122214708*r+.5363325363*g+.0514459929*
b),m=Math.cbrt(.2119034982*r+.6806995451*g+.1073969566*b),s=Math.cbrt(.0883024619*r+.2817188376*g+.6299787005*b);return[
.2104542553*l+.793617785*m-.0040720468*s,1.9779984951*l-2.428592205*m+.4505937099*s,.0259040371*l+.7827717662*m-.808675766*
s]}function fromOklab([lightness,a,b]){let l=(lightness+.3963377774*a+.2158037573*b)**3,m=(lightness-.1055613458*a-.0638541728*
b)**3,s=(lightness-.0894841775*a-1.291485548*b)**3;return[gamma(4.0767416621*l-3.3077115913*m+.2309699292*s),gamma(-1.2684380046*
l+2.6097574011*m-.3413193965*s),gamma(-.0041960863*l-.7034186147*m+1.707614701*s)]}function legible(colour,background,ratio){
let away=luminance(background)>.18?-.02:.02,[lightness,a,b]=toOklab(colour),shifted=parse(format(colour))??colour;for(;contrast(
shifted,background)<ratio&&lightness>0&&lightness<1;)lightness+=away,[a,b]=[a*.985,b*.985],shifted=parse(format(fromOklab(
[lightness,a,b])))??shifted;return shifted}function mix(one,other,share){let[a,b]=[toOklab(one),toOklab(other)];return fromOklab(
[0,1,2].map(at=>(a[at]??0)*share+(b[at]??0)*(1-share)))}var DEFAULTS={light:{primary:"#1f5fe0",surface:"#f5f6f8",surface_raised:"#ffffff",text:"#14171c",text_muted:"#59616e",border:"\
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
entries(properties).map(([name,rgb])=>[`--${name}`,format(rgb)]);return{...Object.fromEntries(named),...lengths(theme)}}function colours(theme,scheme){return name=>parse(theme[scheme]?.[name]??"")??parse(DEFAULTS[scheme][name])??[0,0,0]}function readable(colour,backgrounds,ratio){
return backgrounds.reduce((shifted,background)=>legible(shifted,background,ratio),colour)}function lengths(theme){let px=(value,least,most,otherwise)=>`${Math.
min(most,Math.max(least,value??otherwise))}px`,compact=theme.density==="compact",properties={"--font-size":px(theme.font_size,
13,20,15),"--radius-control":px(theme.radius_control,0,24,9),"--radius-card":px(theme.radius_card,0,32,16),"--control-he\
ight":px(theme.control_height,32,64,compact?36:44),"--unit":compact?"6px":"8px"};return theme.font_family&&/^[\w\s,'"-]+$/.
test(theme.font_family)&&(properties["--font-family"]=theme.font_family),properties}function wear(root,theme,appearance){
return follow(root,appearance,scheme=>{for(let[name,value]of Object.entries(derive(theme,scheme)))root.style.setProperty(
name,value)})}dressFirst(wear);})();
