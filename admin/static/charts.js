// Draws each chart's `data-chart` with ECharts on a canvas. Tooltips are drawn too: markup would need inline styles.
(() => {
  const SERIES = ["#0072B2", "#E69F00", "#009E73", "#CC79A7", "#56B4E9", "#D55E00"]; // Okabe and Ito: told apart without red and green
  const DASHES = ["solid", "dashed", "dotted", [8, 3, 2, 3], [2, 2], [12, 4]];
  const SYMBOLS = ["circle", "triangle", "rect", "diamond", "roundRect", "pin"];
  const PICKED = { agencies: [0, 1, 5], channels: [0, 4, 1, 5] }; // what went wrong is vermilion
  const BAR_PX = 34, NARROW_BAR_PX = 58, MOST_NARROW = 560;
  const drawn = [];
  let is_on_paper = false; // printing resizes the window too: the drawings stay, and the style sheet makes them fit

  const colour = (name) => getComputedStyle(document.documentElement).getPropertyValue(name).trim();
  const is_still = window.matchMedia("(prefers-reduced-motion: reduce)").matches;

  const axes = (chart, category, narrow) => {
    const ink = colour("--quiet"), line = colour("--line");
    const is_bars = chart.shape === "bars" || chart.name === "satisfaction_by_agency";
    const labels = { type: "category", data: category, inverse: is_bars, axisTick: { show: false }, axisLine: { lineStyle: { color: line } },
      axisLabel: { color: ink, hideOverlap: !is_bars, width: is_bars ? (narrow ? 130 : 220) : undefined, overflow: is_bars ? "break" : "none", lineHeight: narrow ? 12 : 14, fontSize: narrow ? 11 : 12, interval: is_bars ? 0 : "auto" } };
    const values = { type: "value", min: 0, max: chart.shape === "interval" ? 100 : undefined, minInterval: chart.shape === "interval" ? 20 : 1,
      splitLine: { lineStyle: { color: line } }, axisLabel: { color: ink, hideOverlap: true, formatter: chart.shape === "interval" ? "{value} %" : undefined } };
    return is_bars ? { xAxis: values, yAxis: labels } : { xAxis: labels, yAxis: values };
  };

  const plain = (chart, one, place) => {
    const base = { name: one.name, data: one.values, itemStyle: { color: SERIES[(PICKED[chart.name] ?? [])[place] ?? place % SERIES.length] } };
    if (chart.shape !== "lines") {
      return { ...base, type: "bar", stack: "all", barMaxWidth: 26, itemStyle: { ...base.itemStyle, borderColor: colour("--paper"), borderWidth: 1 } };
    }
    return { ...base, type: "line", symbol: SYMBOLS[place % SYMBOLS.length], symbolSize: 6, lineStyle: { type: DASHES[place % DASHES.length], width: 2 } };
  };

  // Alerts stand on their topic's line, with a mark that is no series' own.
  const marked = (chart) => chart.marks.length === 0 ? [] : [{
    type: "scatter", symbol: "pin", symbolSize: 34, z: 5, itemStyle: { color: "#B3261E" }, label: { show: true, formatter: "!", color: "#ffffff", fontWeight: "bold" }, tooltip: { show: false },
    data: chart.marks.map(([label, series]) => [chart.labels.indexOf(label), chart.series[series].values[chart.labels.indexOf(label)] ?? 0]) }];

  const interval = (chart) => {
    const [share, low, high] = chart.series;
    const is_down = chart.name === "satisfaction_by_agency";
    const wide = high.values.map((value, place) => (value === null ? null : value - low.values[place]));
    const points = share.values.map((value, place) => (is_down ? [value, place] : [place, value])).filter((pair) => pair[0] !== null && pair[1] !== null);
    return [
      { type: "bar", stack: "band", data: low.values, itemStyle: { color: "transparent" }, silent: true, tooltip: { show: false } },
      { type: "bar", stack: "band", name: `${low.name} – ${high.name}`, data: wide, barWidth: 10, itemStyle: { color: SERIES[4], opacity: 0.65 }, tooltip: { show: false } },
      { type: "scatter", name: share.name, data: points, symbolSize: 11, itemStyle: { color: SERIES[0], borderColor: colour("--paper"), borderWidth: 1 } },
    ];
  };

  const options = (chart, narrow) => {
    const ink = colour("--ink");
    return {
      animation: !is_still,
      textStyle: { fontFamily: getComputedStyle(document.body).fontFamily, color: ink },
      grid: { left: 8, right: 20, top: chart.series.length > 1 ? 44 : 10, bottom: 8, containLabel: true },
      legend: { show: chart.series.length > 1, type: "scroll", top: 0, left: 0, textStyle: { color: ink }, pageTextStyle: { color: ink } },
      tooltip: { trigger: chart.shape === "interval" ? "item" : "axis", renderMode: "richText", axisPointer: { type: "shadow" }, confine: true },
      ...axes(chart, chart.labels, narrow),
      series: chart.shape === "interval" ? interval(chart) : [...chart.series.map((one, place) => plain(chart, one, place)), ...marked(chart)],
    };
  };

  const draw = (place) => {
    const chart = JSON.parse(place.dataset.chart);
    const is_down = chart.shape === "bars" || chart.name === "satisfaction_by_agency";
    place.hidden = false;
    place.style.height = `${is_down ? Math.max(160, 70 + (place.clientWidth < MOST_NARROW ? NARROW_BAR_PX : BAR_PX) * chart.labels.length) : 320}px`;
    const own = echarts.init(place, null, { renderer: "canvas", devicePixelRatio: Math.max(2, window.devicePixelRatio) });
    const paint = () => own.setOption({ ...options(chart, place.clientWidth < MOST_NARROW), ...(is_on_paper ? { animation: false } : {}) }, true);
    paint();
    drawn.push({ own, paint });
    const button = place.closest("section").querySelector("[data-picture]");
    if (!button) return;
    button.hidden = false;
    button.addEventListener("click", () => {
      const link = document.createElement("a");
      link.href = own.getDataURL({ type: "png", pixelRatio: 2, backgroundColor: colour("--paper") });
      link.download = button.dataset.picture;
      link.click();
    });
  };

  const again = () => is_on_paper || drawn.forEach(({ own, paint }) => { own.resize(); paint(); });
  window.addEventListener("DOMContentLoaded", () => document.querySelectorAll("[data-chart]").forEach(draw));
  window.addEventListener("resize", again);
  window.matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => setTimeout(again));
  // On paper the tables stand beside the drawings, and these are as wide as the sheet.
  window.addEventListener("beforeprint", () => {
    document.querySelectorAll(".chart-table").forEach((one) => { one.open = true; });
    is_on_paper = true;
    drawn.forEach(({ paint }) => paint());
  });
  window.addEventListener("afterprint", () => {
    is_on_paper = false;
    again();
  });
})();
