// What every signed-in page needs: the key sheet, menus that close, confirmations, and links that have a key.
import { onKeys } from "./keys.js";

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

// <button data-key="n"> and <a data-key="n"> are pressed by that key.
const keyed = [...document.querySelectorAll("[data-key]")];
onKeys(
  new Map([
    ["?", showSheet],
    ...keyed.map((element) => [element.dataset.key, () => !element.disabled && element.click()]),
  ]),
);

// A page that comes back from the browser's memory is asked for again: its session may have ended meanwhile.
window.addEventListener("pageshow", (event) => {
  if (event.persisted) window.location.reload();
});

// Moments are written in the server's zone; here they become the reader's, with the zone on hover.
const short = new Intl.DateTimeFormat(undefined, { dateStyle: "medium", timeStyle: "short" });
const long = new Intl.DateTimeFormat(undefined, { dateStyle: "full", timeStyle: "long" });
for (const element of document.querySelectorAll("time[data-local]")) {
  const moment = new Date(element.dateTime);
  element.textContent = short.format(moment);
  element.title = long.format(moment);
}
