// The map of figures: boundaries of the office's own, no tiles, nothing from elsewhere. The table beside it says the same.

import { data } from "./office.js";

function colour(band) {
  const probe = document.createElementNS("http://www.w3.org/2000/svg", "rect");
  probe.setAttribute("class", `band-${band}`);
  const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  svg.append(probe);
  document.body.append(svg);
  const found = getComputedStyle(probe).fill;
  svg.remove();
  return found;
}

/** Words as an element, so that a name is never taken for markup. */
function text(words) {
  const span = document.createElement("span");
  span.textContent = words;
  return span;
}

function show() {
  const box = document.getElementById("figure-map");
  const told = data("map-data");
  const { L } = window;
  const map = L.map(box, { attributionControl: false, zoomControl: false, zoomSnap: 0.25, scrollWheelZoom: false });
  L.control.zoom({ zoomInTitle: box.dataset.zoomIn, zoomOutTitle: box.dataset.zoomOut }).addTo(map);
  const all = L.featureGroup().addTo(map);
  for (const unit of told.units) {
    const words = text(`${unit.name} ${unit.value} ${unit.address ? told.unit : ""}`);
    const style = { color: "#5b6b7a", weight: 1, fillColor: colour(unit.band), fillOpacity: 0.95 };
    const at = unit.at.map(Number);
    const shape = unit.boundary ? L.geoJSON(JSON.parse(unit.boundary), { style }) : L.circleMarker(at, { ...style, radius: 11 });
    shape.bindTooltip(words, { sticky: true });
    if (unit.address) shape.on("click", () => { window.location.href = unit.address; });
    shape.addTo(all);
    if (told.units.length <= 40) {
      const place = unit.boundary ? { direction: "center" } : { direction: "bottom", offset: [0, 12] };
      L.tooltip({ permanent: true, interactive: false, className: "map-label", ...place }).setLatLng(at).setContent(text(unit.name)).addTo(map);
    }
  }
  map.fitBounds(all.getBounds(), { padding: [16, 16], maxZoom: 14 });
}

if (window.L) show();
else window.addEventListener("load", show);
