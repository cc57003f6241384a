const place = document.getElementById("docs");
/** The viewer names entries of its menu otherwise than what is written in them, and what is read aloud must begin so. */
const tidy = () => {
  for (const entry of place.querySelectorAll("[role=menuitem][aria-label]")) entry.removeAttribute("aria-label");
};
new MutationObserver(tidy).observe(place, { childList: true, subtree: true });
Redoc.init(
  JSON.parse(document.getElementById("openapi").textContent),
  { disableSearch: true, hideDownloadButtons: true, hideLoading: true, nativeScrollbars: true },
  place,
  tidy,
);
