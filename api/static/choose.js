"use strict";

// Asks what a facing is without leaving the page: searches while typing, sends the answer, and
// tells the page with an event `answered`. Everything here also works as plain forms.

const TYPING_MS = 200;

// The address without the user and password that the page itself may have been opened with.
function here(path) {
  return new URL(path, location.origin).href;
}

async function getPage(path) {
  const reply = await fetch(here(path), { headers: { Accept: "text/html" } });
  if (!reply.ok) throw new Error(`${reply.status} ${reply.statusText}`);
  return new DOMParser().parseFromString(await reply.text(), "text/html");
}

async function search(question, text) {
  const path = `${question.dataset.about}?${new URLSearchParams({ q: text })}`;
  try {
    const fresh = (await getPage(path)).querySelector(".question .choices");
    if (question.querySelector("input[type=search]").value !== text) return; // typed on meanwhile
    question.querySelector(".choices").replaceWith(fresh);
  } catch (error) {
    complain(question, error);
  }
}

async function answer(form, button) {
  const question = form.closest(".question");
  const body = new URLSearchParams(new FormData(form));
  if (button && button.name) body.set(button.name, button.value);
  question.setAttribute("aria-busy", "true");
  try {
    const headers = { Accept: "application/json" };
    const reply = await fetch(here(form.getAttribute("action")), { method: "POST", headers, body });
    const said = await reply.json();
    if (!reply.ok) throw new Error(Object.values(said.errors || {}).flat()[0] || said.detail);
    question.dispatchEvent(new CustomEvent("answered", { bubbles: true, detail: said }));
  } catch (error) {
    complain(question, error);
  } finally {
    question.removeAttribute("aria-busy");
  }
}

function complain(question, error) {
  const line = question.querySelector(".problem");
  line.textContent = `That did not work: ${error.message}`;
  line.hidden = false;
}

let waiting = 0;
document.addEventListener("input", (event) => {
  if (!event.target.matches(".ask input")) return;
  const { value } = event.target;
  const question = event.target.closest(".question");
  clearTimeout(waiting);
  waiting = setTimeout(() => search(question, value), TYPING_MS);
});

document.addEventListener("submit", (event) => {
  const form = event.target;
  if (form.matches(".question .ask")) {
    event.preventDefault();
    search(form.closest(".question"), form.elements.q.value);
  } else if (form.matches(".question .choose")) {
    event.preventDefault();
    answer(form, event.submitter);
  }
});

// The keys of the question that has the focus, else of the first one.
document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey) return;
  const typing = event.target.matches("input:not([type=radio]), textarea, select");
  const question = event.target.closest(".question") || document.querySelector(".question");
  if (!question) return;
  if (typing) {
    if (event.key === "ArrowDown" && event.target.type === "search") choose(question, 1, event);
    return;
  }
  if (event.key === "/") press(question.querySelector("input[type=search]"), "focus", event);
  else if (event.key === "0") press(question.querySelector("[value=null]"), "click", event);
  else if (/^[1-9]$/.test(event.key)) choose(question, Number(event.key), event);
  else if (event.key === "l") press(question.querySelector("[value=true]"), "click", event);
  else if (event.key === "Enter" && !event.target.closest("a, button, tr")) {
    press(question.querySelector("[name=reference]"), "click", event);
  }
});

function choose(question, number, event) {
  press(question.querySelectorAll("[name=sku]:not([value=null])")[number - 1], "click", event);
}

function press(element, how, event) {
  if (!element) return;
  event.preventDefault();
  element.focus();
  if (how === "click") element.click();
}

document.addEventListener("answered", (event) => {
  if (!document.querySelector("main#scene, main[data-list]")) location.reload();
});
