"use strict";

// Hover and tap name a box, a click picks a SKU in photos and tables, and an unfinished scene
// fetches itself again until it is done.

const REFRESH_MS = 1500;
let picked = null;

function pick(sku) {
  picked = sku && sku !== picked ? sku : null;
  show();
}

function show() {
  const main = document.getElementById("scene");
  main.classList.toggle("picking", picked !== null);
  for (const part of main.querySelectorAll("[data-sku]")) {
    part.classList.toggle("on", picked !== null && part.dataset.sku === picked);
  }
}

function name(event) {
  const tip = document.getElementById("tip");
  const box = event.target.closest && event.target.closest("rect[data-title]");
  tip.hidden = !box;
  if (!box) return;
  tip.firstElementChild.textContent = box.dataset.title;
  tip.lastElementChild.textContent = box.dataset.note;
  const left = Math.min(event.clientX + 14, window.innerWidth - tip.offsetWidth - 8);
  const below = event.clientY + 18;
  const fits = below + tip.offsetHeight < window.innerHeight;
  tip.style.left = `${Math.max(8, left)}px`;
  tip.style.top = `${fits ? below : event.clientY - tip.offsetHeight - 12}px`;
}

async function refresh() {
  try {
    const address = location.origin + location.pathname; // without user and password
    const reply = await fetch(address, { headers: { Accept: "text/html" } });
    if (reply.ok) replace(new DOMParser().parseFromString(await reply.text(), "text/html"));
  } catch (error) {
    console.warn("The scene could not be fetched again.", error);
  }
  wait();
}

function replace(fresh) {
  const layers = [...document.querySelectorAll(".layers input:not(:checked)")].map((i) => i.id);
  document.getElementById("scene").replaceWith(fresh.getElementById("scene"));
  for (const id of layers) document.getElementById(id).checked = false;
  show();
}

function wait() {
  if ("live" in document.getElementById("scene").dataset) setTimeout(refresh, REFRESH_MS);
}

document.addEventListener("pointermove", name);
document.addEventListener("pointerdown", name);
document.addEventListener("click", (event) => {
  const part = event.target.closest("[data-sku]");
  if (part) pick(part.dataset.sku);
});
document.addEventListener("keydown", (event) => {
  if (event.key === "Enter" && event.target.matches("tr[data-sku]")) pick(event.target.dataset.sku);
});
wait();
