// What every signed-in page needs: the key sheet, menus that close, confirmations, and links that have a key.
import { onKeys } from "./keys.js";
import { localTimes } from "./times.js";
import "./live.js";

const sheet = document.getElementById("keys");

function showSheet() {
  closeMenus();
  if (sheet && !sheet.open) sheet.showModal();
}

function closeMenus(except = null) {
  for (const menu of document.querySelectorAll("details.who[open]")) {
    if (menu !== except) menu.open = false;
  }
}

document.addEventListener("click", (event) => {
  closeMenus(event.target.closest("details.who"));
  if (event.target.closest("[data-opens=keys]")) showSheet();
});

document.addEventListener("keydown", (event) => {
  if (event.key === "Escape") closeMenus();
});

// <form data-confirm="sentence"> asks before it is sent. Without JavaScript it is sent at once, and the server decides.
document.addEventListener("submit", (event) => {
  const sentence = event.target.dataset.confirm;
  if (sentence && !window.confirm(sentence)) event.preventDefault();
});

// <button data-key="n"> and <a data-key="n"> are pressed by that key. They are looked for when it is pressed, because a
// live region may have brought others since.
function pressing(key) {
  const element = document.querySelector(`[data-key="${CSS.escape(key)}"]`);
  return element && (() => !element.disabled && element.click());
}

onKeys({ get: (key) => (key === "?" ? showSheet : pressing(key)) });

// A page that comes back from the browser's memory is asked for again: its session may have ended meanwhile.
window.addEventListener("pageshow", (event) => {
  if (event.persisted) window.location.reload();
});

localTimes(document);
