"use strict";

// Hover and tap name a box, a click asks what it is and picks its SKU in photos and tables, and an
// unfinished scene follows its events and fetches itself again when something happened.

const NEWS = ["started", "together", "report", "done"]; // after these the page has something new
const REFRESH_MS = 400; // several events shortly after each other are one refresh
let picked = null;
let progress = "";
let open = null; // address of the facing that is asked about

function pick(sku) {
  picked = sku && sku !== picked ? sku : null;
  show();
}

function show() {
  const main = document.getElementById("scene");
  main.classList.toggle("picking", picked !== null);
  document.getElementById("progress").textContent = progress;
  for (const part of main.querySelectorAll("[data-sku]")) {
    part.classList.toggle("on", picked !== null && part.dataset.sku === picked);
  }
  for (const link of main.querySelectorAll(".stage a")) {
    link.classList.toggle("asked", link.getAttribute("href") === open);
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

async function ask(address) {
  open = address;
  const { sku } = document.querySelector(`.stage a[href="${address}"] rect`).dataset;
  picked = sku || null;
  show();
  try {
    const facing = (await getPage(address)).getElementById("facing");
    if (open !== address) return; // another one was chosen meanwhile
    const asked = document.getElementById("asked");
    asked.replaceChildren(facing);
    asked.hidden = false;
  } catch (error) {
    location.href = address; // the page of the facing tells what is wrong
  }
}

function close() {
  open = null;
  pick(null);
  document.getElementById("asked").hidden = true;
  document.getElementById("asked").replaceChildren();
}

function step(by) {
  const links = [...document.querySelectorAll(".stage a")];
  const at = links.findIndex((link) => link.getAttribute("href") === open);
  const next = links[(at + by + links.length) % links.length];
  next.focus();
  ask(next.getAttribute("href"));
}

async function refresh() {
  try {
    replace(await getPage(location.pathname));
  } catch (error) {
    console.warn("The scene could not be fetched again.", error);
  }
}

function follow() {
  if (!("live" in document.getElementById("scene").dataset)) return;
  const events = new EventSource(`${location.pathname.replace(/\/$/, "")}/events`);
  let timer = null;
  const happened = () => {
    timer ??= setTimeout(() => {
      timer = null;
      refresh();
    }, REFRESH_MS);
  };
  for (const kind of NEWS) events.addEventListener(kind, happened);
  for (const kind of ["photo", "report"]) events.addEventListener(kind, count);
  events.addEventListener("done", () => {
    events.close();
    progress = "";
  });
}

function count(event) {
  const { count: done, of } = JSON.parse(event.data);
  progress = `${event.type} ${done} of ${of}`;
  show();
}

function replace(fresh) {
  const layers = [...document.querySelectorAll(".layers input")].map((i) => [i.id, i.checked]);
  const asked = document.getElementById("asked");
  fresh.getElementById("asked").replaceWith(asked);
  document.getElementById("scene").replaceWith(fresh.getElementById("scene"));
  for (const [id, checked] of layers) {
    const layer = document.getElementById(id);
    if (layer) layer.checked = checked;
  }
  show();
}

document.addEventListener("pointermove", name);
document.addEventListener("pointerdown", name);
document.addEventListener("click", (event) => {
  const link = event.target.closest(".stage a");
  const part = event.target.closest("[data-sku]");
  if (link && !event.ctrlKey && !event.metaKey && !event.shiftKey) {
    event.preventDefault();
    const address = link.getAttribute("href");
    if (address === open) close();
    else ask(address);
  } else if (part) pick(part.dataset.sku);
});
document.addEventListener("keydown", (event) => {
  if (event.key === "Enter" && event.target.matches("tr[data-sku]")) pick(event.target.dataset.sku);
  if (open === null || event.target.matches("input[type=search]")) return;
  if (event.key === "Escape") close();
  else if (event.key === "n" || event.key === "p") step(event.key === "n" ? 1 : -1);
});
document.addEventListener("answered", async () => {
  const address = open;
  await refresh(); // its box has another name and colour now
  if (address !== null && address === open) await ask(address);
});
follow();

// The review list links to a facing in its scene.
const named = /^#facing-(\d+)$/.exec(location.hash);
const linked = named && document.querySelector(`.stage a[href$="/facings/${named[1]}/"]`);
if (linked) {
  linked.scrollIntoView({ block: "center" });
  ask(linked.getAttribute("href"));
}
