"use strict";(()=>{var APPEARANCE_EVENT="appearance";function boot(){let block=document.getElementById("boot");return block?.textContent?JSON.parse(block.textContent):{}}function follow(root,appearance,dress=()=>{}){let device=matchMedia("(prefers-color-scheme: dark)"),change=()=>{let scheme=appearance===
"auto"?device.matches?"dark":"light":appearance;root.dataset.scheme=scheme,root.style.setProperty("color-scheme",scheme),
dress(scheme)};return change(),device.addEventListener("change",change),()=>device.removeEventListener("change",change)}
function dressFirst(wear,wished){let root=document.documentElement;root.classList.add("programs");let{theme={},appearance="\
auto"}=boot(),undress=wear(root,theme,wished??appearance);addEventListener(APPEARANCE_EVENT,event=>{undress(),undress=wear(
root,theme,event.detail)})}var NAME="appearance";function remembered(){let kept=localStorage.getItem(NAME);return kept==="light"||kept==="dark"?kept:
"auto"}dressFirst((root,_,appearance)=>follow(root,appearance),remembered());})();
