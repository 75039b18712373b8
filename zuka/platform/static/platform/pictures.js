// Shows a chosen picture before it is uploaded, and lets files be dropped anywhere on its place.

const MOST_BYTES_SHOWN = 15 * 1024 * 1024;

function show(input) {
  const place = input.closest("[data-picture]").querySelector(".picture-shown");
  const files = [...input.files].filter((file) => file.type.startsWith("image/") && file.size <= MOST_BYTES_SHOWN);
  if (!files.length) return;
  const images = files.map((file) => {
    const image = document.createElement("img");
    image.alt = file.name;
    const reader = new FileReader();
    reader.addEventListener("load", () => (image.src = reader.result));
    reader.readAsDataURL(file);
    return image;
  });
  place.replaceChildren(...images);
}

document.addEventListener("change", (event) => {
  if (event.target.matches("[data-picture] input[type=file]")) show(event.target);
});

for (const kind of ["dragover", "dragleave", "drop"]) {
  document.addEventListener(kind, (event) => {
    const place = event.target.closest?.("[data-picture]");
    if (!place || !event.dataTransfer?.types.includes("Files")) return;
    event.preventDefault();
    place.classList.toggle("picture-over", kind === "dragover");
    if (kind !== "drop") return;
    const input = place.querySelector("input[type=file]");
    const chosen = new DataTransfer();
    const dropped = [...event.dataTransfer.files];
    for (const file of input.multiple ? dropped : dropped.slice(0, 1)) chosen.items.add(file);
    input.files = chosen.files;
    show(input);
  });
}
