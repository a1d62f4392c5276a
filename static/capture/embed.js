// Inside another site's page: tell that page where the person stands. Never a picture, never a name, and only to the
// sites that the programme lists. Anywhere else this does nothing.
const origins = (document.body.dataset.embedOrigins ?? "").split(" ").filter(Boolean);
const parentOrigin = window.location.ancestorOrigins?.[0];

export function tell(status) {
  if (window.parent === window) return;
  for (const origin of origins) {
    // A browser that says who embeds us spares the others a message that it would not deliver.
    if (parentOrigin === undefined || parentOrigin === origin) {
      window.parent.postMessage({ type: "reviewconsole", status }, origin);
    }
  }
}

tell(document.body.dataset.pageStatus);
