// Numbers as the back office shows them: ₦1,234,567.50, on axes ₦1.2M, shares with one decimal.

const NOTHING = "–";

function duration(seconds) {
  const whole = Math.round(seconds);
  if (whole < 60) return `${whole} s`;
  if (whole < 3600) return `${Math.floor(whole / 60)} min ${whole % 60} s`;
  return `${Math.floor(whole / 3600)} h ${Math.floor((whole % 3600) / 60)} min`;
}

function shortDuration(seconds) {
  if (seconds < 60) return `${Math.round(seconds)} s`;
  return seconds < 3600 ? `${Math.round(seconds / 60)} min` : `${Math.round(seconds / 3600)} h`;
}

export function formatValue(value, unit, symbol, isShort) {
  if (value === null || value === undefined) return NOTHING;
  if (unit === "percent") return `${value.toFixed(isShort && Number.isInteger(value) ? 0 : 1)}%`;
  if (unit === "seconds") return isShort ? shortDuration(value) : duration(value);
  const sign = value < 0 ? "-" : "";
  const options = isShort
    ? { notation: "compact", maximumFractionDigits: 1 }
    : { minimumFractionDigits: unit === "money" ? 2 : 0, maximumFractionDigits: unit === "count" ? 0 : 2 };
  const text = Math.abs(value).toLocaleString("en-US", options);
  return unit === "money" ? `${sign}${symbol}${text}` : `${sign}${text}`;
}

export function shorten(text, length) {
  return text.length > length ? `${text.slice(0, length - 1).trimEnd()}…` : text;
}
