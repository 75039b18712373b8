// "Save as PNG": a part of the page is drawn on a canvas as it stands, boxes, words and charts, and handed out as a file.

const SHARPNESS = 2;
const MARGIN = 16;

function paintText(context, node) {
  const style = getComputedStyle(node.parentElement);
  context.font = `${style.fontStyle} ${style.fontWeight} ${style.fontSize} ${style.fontFamily}`;
  context.fillStyle = style.color;
  context.textBaseline = "middle";
  const range = document.createRange();
  for (const word of node.data.matchAll(/\S+/g)) {
    range.setStart(node, word.index);
    range.setEnd(node, word.index + word[0].length);
    const box = range.getBoundingClientRect();
    context.fillText(word[0], box.left, box.top + box.height / 2);
  }
}

function paintElement(context, element) {
  const style = getComputedStyle(element);
  const box = element.getBoundingClientRect();
  if (style.display === "none" || !box.width || element.matches("script, [data-unpictured], .unseen")) return;
  context.save();
  context.fillStyle = style.backgroundColor;
  context.fillRect(box.left, box.top, box.width, box.height);
  if (element.tagName === "CANVAS") context.drawImage(element, box.left, box.top, box.width, box.height);
  if (style.overflowX !== "visible") {
    context.beginPath();
    context.rect(box.left, box.top, box.width, box.height);
    context.clip();
  }
  for (const child of element.childNodes) {
    if (child.nodeType === Node.TEXT_NODE) paintText(context, child);
    else if (child.nodeType === Node.ELEMENT_NODE) paintElement(context, child);
  }
  context.restore();
}

function pictureOf(element) {
  const box = element.getBoundingClientRect();
  const canvas = document.createElement("canvas");
  canvas.width = (box.width + 2 * MARGIN) * SHARPNESS;
  canvas.height = (box.height + 2 * MARGIN) * SHARPNESS;
  const context = canvas.getContext("2d");
  context.scale(SHARPNESS, SHARPNESS);
  context.fillStyle = getComputedStyle(document.documentElement).getPropertyValue("--zuka-paper").trim();
  context.fillRect(0, 0, canvas.width, canvas.height);
  context.translate(MARGIN - box.left, MARGIN - box.top);
  paintElement(context, element);
  return canvas;
}

function save(blob, name) {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(blob);
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 10_000);
}

/** Show the buttons that save their part of the page, where there is something to draw. */
export function offerPictures(root) {
  for (const button of root.querySelectorAll("[data-picture][hidden]")) {
    const element = button.closest("[data-picture-of]");
    button.hidden = false;
    button.addEventListener("click", () => {
      const name = element.dataset.pictureOf.toLowerCase().replace(/[^a-z0-9]+/g, "-").replace(/^-|-$/g, "");
      pictureOf(element).toBlob((blob) => save(blob, `${name}.png`), "image/png");
    });
  }
}
