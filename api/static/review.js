"use strict";

// What is answered leaves the list, and the next one gets the focus.

function leave(item) {
  const next = item.nextElementSibling || item.previousElementSibling;
  const count = document.getElementById("count");
  count.textContent = Math.max(0, Number(count.textContent) - 1);
  item.remove();
  if (next) focusOn(next);
  else location.reload(); // the next ones of the list
}

function focusOn(item) {
  const parts = ["input[type=radio]:checked", "input[type=radio]", "button"];
  const part = parts.map((selector) => item.querySelector(selector)).find(Boolean);
  if (part) part.focus();
}

document.addEventListener("answered", (event) => leave(event.target.closest(".item")));

document.addEventListener("submit", async (event) => {
  if (!event.target.matches(".done")) return;
  event.preventDefault();
  const address = here(event.target.getAttribute("action"));
  const reply = await fetch(address, { method: "POST", headers: { Accept: "application/json" } });
  if (reply.ok) leave(event.target.closest(".item"));
  else location.reload();
});

const first = document.querySelector(".item");
if (first) focusOn(first);
