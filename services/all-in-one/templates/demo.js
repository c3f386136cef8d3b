// With a script the connect pages come over this page, as they do in a product; without one the form leads to the hosted page.
for (const form of document.querySelectorAll("form")) {
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    const token = async () => {
      const answer = await fetch(form.action, {
        method: "POST",
        body: new URLSearchParams(new FormData(form)),
        headers: { accept: "application/json" },
      });
      return (await answer.json()).token;
    };
    latchkey.connect({ environment: "dev", sessionToken: token }).then((outcome) => {
      const told = document.getElementById("outcome");
      told.textContent = JSON.stringify(outcome, null, 2);
      told.hidden = false;
      told.scrollIntoView({ block: "nearest" });
    });
  });
}
