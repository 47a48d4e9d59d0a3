// Texts of the page that are too pale to read: every one whose contrast with what is behind it is below 4.5 to 1.
const numbers = (colour) => {
  const found = colour.match(/[\d.]+/g).map(Number);
  return found.length < 4 ? [...found, 1] : found;
};
const luminance = ([red, green, blue]) => {
  const linear = [red, green, blue].map((one) => {
    const part = one / 255;
    return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2];
};
const contrast = (one, other) => {
  const [dark, light] = [luminance(one), luminance(other)].sort((a, b) => a - b);
  return (light + 0.05) / (dark + 0.05);
};
const painted = (element) => {
  const style = getComputedStyle(element);
  if (element instanceof SVGGeometryElement) return numbers(style.fill);
  return numbers(style.backgroundColor);
};
const behind = (element) => {
  if (element.closest("svg")) {
    element.scrollIntoView({ block: "center" });
    const box = element.getBoundingClientRect();
    const stack = document.elementsFromPoint(box.x + box.width / 2, box.y + box.height / 2);
    for (const one of stack) {
      if (one !== element && !(one instanceof SVGTextElement) && painted(one)[3] === 1) return painted(one);
    }
  }
  for (let one = element; one; one = one.parentElement) if (painted(one)[3] === 1) return painted(one);
  return [255, 255, 255, 1];
};
const pale = [];
let looked = 0;
const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
while (walker.nextNode()) {
  const text = walker.currentNode.textContent.trim();
  const element = walker.currentNode.parentElement;
  if (!text || element.closest("title, desc, .hidden") || !element.getClientRects().length) continue;
  const style = getComputedStyle(element);
  const found = contrast(numbers(element instanceof SVGTextElement ? style.fill : style.color), behind(element));
  looked += 1;
  if (found < 4.5) pale.push(`${found.toFixed(2)} ${element.tagName}.${element.getAttribute("class")} ${text.slice(0, 40)}`);
}
return [looked, [...new Set(pale)]];
