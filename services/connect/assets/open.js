// The token is in the fragment, which browsers send to nobody. It goes to the server in a form, and out of the address.
const token = new URLSearchParams(location.hash.slice(1)).get("s");
history.replaceState(null, "", location.pathname);
if (token) {
  document.getElementById("token").value = token;
  document.getElementById("open").submit();
} else {
  document.getElementById("missing").hidden = false;
}
