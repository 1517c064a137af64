// Draws the charts of a report with uPlot. All numbers come in the units they are shown in; nothing is computed here but pixels.
"use strict";

(() => {
  const data = JSON.parse(document.getElementById("chart-data").textContent);
  const palette = 8;
  const height = 240;
  const places = document.querySelectorAll("[data-chart]");
  const plots = [];
  let drawn = 0;
  const begun = performance.now();

  // Canvases do not follow style sheets: colours are looked up whenever something is drawn, so that a change of theme only
  // needs a redraw.
  const colour = (name) => getComputedStyle(document.documentElement).getPropertyValue("--" + name).trim();
  const lineColour = (line) => colour("c" + (line.colour % palette));
  const faded = (css, alpha) => {
    const [r, g, b] = [1, 3, 5].map((at) => parseInt(css.slice(at, at + 2), 16));
    return `rgba(${r}, ${g}, ${b}, ${alpha})`;
  };

  // As display.cpp shows numbers, so that axis, readings and table agree.
  const plain = new Intl.NumberFormat("en", { maximumSignificantDigits: 3 });
  const whole = new Intl.NumberFormat("en", { maximumFractionDigits: 0 });
  const number = (value) => (value == null ? "–" : Math.abs(value) >= 1000 ? whole.format(value) : plain.format(value));
  const withUnit = (value, unit) => number(value) + (value == null || unit === "" ? "" : " " + unit);

  const two = (n) => String(n).padStart(2, "0");
  const clock = (seconds) => {
    const s = Math.round(seconds);
    return `${Math.floor(s / 3600)}:${two(Math.floor(s / 60) % 60)}:${two(s % 60)}`;
  };

  // Marks of a clock, not of the decimal system: a quarter of an hour, not 1,000 s.
  const clockSteps = [1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 10800, 21600, 43200, 86400, 172800, 604800];

  function timeAxis() {
    return {
      incrs: clockSteps,
      space: 62,
      values: (u, splits, axis, space, step) =>
        splits.map((s) => {
          if (step >= 86400) return `${s / 86400} d`;
          if (step >= 60 && u.scales.x.max >= 3600) return `${Math.floor(s / 3600)}:${two(Math.floor(s / 60) % 60)} h`;
          if (step >= 60) return `${s / 60} min`;
          return u.scales.x.max < 120 ? `${s} s` : clock(s).replace(/^0:/, "");
        }),
    };
  }

  // Latencies spread over decades: lines and labels at 1, 2 and 5 of each, or only at 1 when there are many.
  function decadeMarks(low, high) {
    const marks = [];
    const leads = Math.log10(high / low) > 4 ? [1] : [1, 2, 5];
    for (let power = Math.floor(Math.log10(low)); power <= Math.log10(high); ++power) {
      for (const lead of leads) {
        // Through text: 5 * 10^-2 is not quite the number that "0.05" reads as.
        const mark = Number(`${lead}e${power}`);
        if (mark >= low && mark <= high) marks.push(mark);
      }
    }
    return marks;
  }

  // Over decades "0.0001 s" is hard to read: each mark in the unit that suits it.
  const timeUnits = [["s", 1], ["ms", 1e-3], ["us", 1e-6]];
  function naturally(value, unit) {
    const own = timeUnits.find(([name]) => name === unit);
    if (own === undefined || value == null || value <= 0) return withUnit(value, unit);
    const seconds = value * own[1];
    const [name, size] = timeUnits.find(([, size]) => seconds >= size * 0.999999) ?? timeUnits[2];
    return withUnit(seconds / size, name);
  }

  function logAxis(unit) {
    return {
      splits: (u, axis, low, high) => decadeMarks(low, high),
      filter: (u, splits) => splits,
      values: (u, splits) => splits.map((s) => naturally(s, unit)),
    };
  }

  const axisStyle = {
    stroke: () => colour("quiet"),
    grid: { stroke: () => colour("grid"), width: 1 },
    ticks: { stroke: () => colour("grid"), width: 1, size: 5 },
    font: "12px system-ui, sans-serif",
    labelFont: "12px system-ui, sans-serif",
  };

  // Wide enough for its widest label: a fixed width cuts "1,200,000" or wastes room on "5".
  const axisWidth = (u, values, index, cycle) => {
    const axis = u.axes[index];
    if (cycle > 1) return axis._size;
    const widest = (values || []).reduce((longest, text) => ((text || "").length > longest.length ? text : longest), "");
    u.ctx.font = axis.font[0];
    return Math.ceil(u.ctx.measureText(widest).width / devicePixelRatio) + 14;
  };

  function xAxis(chart) {
    if (chart.over_time) return Object.assign({}, axisStyle, { size: 32 }, timeAxis());
    return Object.assign({}, axisStyle, { size: 32, label: chart.x_title, labelSize: 18 }, logAxis(chart.x_unit));
  }

  function yAxis(chart) {
    const labels = chart.logarithmic ? logAxis(chart.unit) : { values: (u, splits) => splits.map((s) => withUnit(s, chart.unit)) };
    const title = chart.y_title === "" ? {} : { label: chart.y_title, labelSize: 18 };
    return Object.assign({}, axisStyle, { size: axisWidth }, labels, title, { space: 34 });
  }

  // From zero, so that heights can be compared, and up to include the promised levels.
  function yRange(chart) {
    const levels = chart.limits.map((limit) => limit.value);
    return (u, low, high) => {
      if (high == null) return [0, 1];
      const top = Math.max(high, ...levels);
      if (chart.logarithmic) return [Math.min(low, ...levels) / 1.2, top * 1.3];
      if (chart.unit === "%" && !chart.over_time) return [0, 100];
      return [0, uPlot.rangeNum(0, top, { min: { pad: 0, soft: 0, mode: 1 }, max: { pad: 0.08, soft: 0, mode: 0 } })[1] || 1];
    };
  }

  // Each line is followed by the two invisible edges of its band.
  function seriesOf(chart, x) {
    const xLabel = chart.over_time ? "time" : chart.x_title;
    const columns = [x];
    const series = [{ label: xLabel, value: (u, v) => (v == null ? "–" : chart.over_time ? clock(v) : withUnit(v, chart.x_unit)) }];
    const bands = [];
    // A window's value holds from the end of the one before: levels of whole things are drawn as the steps they are.
    const paths = chart.stepped ? uPlot.paths.stepped({ align: -1 }) : undefined;
    for (const line of chart.lines) {
      series.push({
        label: line.label,
        stroke: () => lineColour(line),
        width: line.dashed ? 1.25 : 1.75,
        dash: line.dashed ? [5, 4] : undefined,
        points: { show: false },
        pxAlign: 0, // rounding to pixels puts kinks into straight lines
        paths,
        value: (u, v) => withUnit(v, chart.unit),
      });
      columns.push(line.values);
      if (!line.low) continue;
      const edge = { stroke: "transparent", width: 0, points: { show: false }, paths };
      bands.push({ series: [series.length, series.length + 1], fill: () => faded(lineColour(line), 0.14) });
      series.push({ ...edge, label: line.label + " high" }, { ...edge, label: line.label + " low" });
      columns.push(line.high, line.low);
    }
    return { series, columns, bands };
  }

  // Lines are told apart by a shape as well as by their colour: the same as before their names (--shape in report.css).
  const shapes = [
    null, // a circle
    [[0.05, 0.05], [0.95, 0.05], [0.95, 0.95], [0.05, 0.95]],
    [[0.5, 0], [1, 0.95], [0, 0.95]],
    [[0.5, 0], [1, 0.5], [0.5, 1], [0, 0.5]],
    [[0, 0.05], [1, 0.05], [0.5, 1]],
    [[0.33, 0], [0.67, 0], [0.67, 0.33], [1, 0.33], [1, 0.67], [0.67, 0.67], [0.67, 1], [0.33, 1], [0.33, 0.67], [0, 0.67], [0, 0.33], [0.33, 0.33]],
    [[0.2, 0], [0.5, 0.3], [0.8, 0], [1, 0.2], [0.7, 0.5], [1, 0.8], [0.8, 1], [0.5, 0.7], [0.2, 1], [0, 0.8], [0.3, 0.5], [0, 0.2]],
    [[0, 0], [1, 0], [0.5, 0.5], [1, 1], [0, 1], [0.5, 0.5]],
  ];

  function drawShape(ctx, shape, x, y, size) {
    ctx.beginPath();
    if (shape === null) ctx.arc(x, y, size / 2, 0, 2 * Math.PI);
    else shape.forEach(([right, down]) => ctx.lineTo(x + (right - 0.5) * size, y + (down - 0.5) * size));
    ctx.closePath();
    ctx.stroke();
    ctx.fill();
  }

  // Every so many pixels, staggered so that lines on top of each other show all of their shapes.
  function drawShapes(u, chart) {
    const { ctx, bbox } = u;
    const spacing = 120, size = 9 * devicePixelRatio;
    if (chart.lines.length < 2) return;
    ctx.save();
    ctx.lineWidth = 2 * devicePixelRatio;
    ctx.strokeStyle = colour("panel");
    chart.lines.forEach((line, place) => {
      if (line.dashed) return;
      ctx.fillStyle = lineColour(line);
      const first = ((place + 0.5) * spacing) / chart.lines.length;
      for (let left = first; left < u.over.clientWidth; left += spacing) {
        const at = u.posToIdx(left);
        if (line.values[at] == null) continue;
        const x = u.valToPos(u.data[0][at], "x", true), y = u.valToPos(line.values[at], "y", true);
        const inside = x >= bbox.left && x <= bbox.left + bbox.width && y >= bbox.top - 1 && y <= bbox.top + bbox.height + 1;
        if (inside) drawShape(ctx, shapes[line.colour % palette], x, y, size);
      }
    });
    ctx.restore();
  }

  // Behind the lines: what was deleted as warm-up, and where the phases of the load begin, named above the lines.
  function drawSpans(u) {
    const { ctx, bbox } = u;
    ctx.save();
    ctx.font = `${11 * devicePixelRatio}px system-ui, sans-serif`;
    ctx.textAlign = "left";
    ctx.textBaseline = "bottom";
    let free = -Infinity;
    for (const span of data.spans) {
      const left = Math.max(u.valToPos(span.begin, "x", true), bbox.left);
      const right = Math.min(u.valToPos(span.end, "x", true), bbox.left + bbox.width);
      if (right <= left) continue;
      if (span.deleted) {
        ctx.fillStyle = faded(colour("c6"), 0.16);
        ctx.fillRect(left, bbox.top, right - left, bbox.height);
      } else if (span.begin > 0) {
        ctx.strokeStyle = colour("line");
        ctx.setLineDash([2 * devicePixelRatio, 3 * devicePixelRatio]);
        ctx.beginPath();
        ctx.moveTo(left, bbox.top);
        ctx.lineTo(left, bbox.top + bbox.height);
        ctx.stroke();
      }
      // A label that does not fit its span, or would run into the one before, is better left out.
      const width = ctx.measureText(span.label).width + 8 * devicePixelRatio;
      if (width > right - left || left < free) continue;
      ctx.fillStyle = colour("quiet");
      ctx.fillText(span.label, left + 4 * devicePixelRatio, bbox.top - 3 * devicePixelRatio);
      free = left + width;
    }
    ctx.restore();
  }

  // In front of the lines: the promised level, with its sentence just above.
  function drawLimits(u, chart) {
    const { ctx, bbox } = u;
    ctx.save();
    ctx.font = `${11 * devicePixelRatio}px system-ui, sans-serif`;
    ctx.textAlign = "right";
    for (const limit of chart.limits) {
      const y = u.valToPos(limit.value, "y", true);
      if (y < bbox.top || y > bbox.top + bbox.height) continue;
      ctx.strokeStyle = colour("fail");
      ctx.lineWidth = devicePixelRatio;
      ctx.setLineDash([6 * devicePixelRatio, 4 * devicePixelRatio]);
      ctx.beginPath();
      ctx.moveTo(bbox.left, y);
      ctx.lineTo(bbox.left + bbox.width, y);
      ctx.stroke();
      const above = y - bbox.top > 18 * devicePixelRatio;
      ctx.textBaseline = above ? "bottom" : "top";
      const width = ctx.measureText(limit.label).width;
      const right = bbox.left + bbox.width - 4 * devicePixelRatio;
      ctx.fillStyle = faded(colour("panel"), 0.8);
      ctx.fillRect(right - width - 3, above ? y - 16 * devicePixelRatio : y + devicePixelRatio, width + 6, 14 * devicePixelRatio);
      ctx.fillStyle = colour("fail");
      ctx.fillText(limit.label, right, above ? y - 3 * devicePixelRatio : y + 3 * devicePixelRatio);
    }
    ctx.restore();
  }

  // Arrow keys walk along a focused chart, Escape zooms out: what the mouse can do, without one.
  function listenToKeys(u, place) {
    place.addEventListener("keydown", (event) => {
      const x = u.data[0];
      if (event.key === "Escape") return u.setScale("x", { min: x[0], max: x[x.length - 1] });
      const step = { ArrowLeft: -1, ArrowRight: 1, PageUp: -10, PageDown: 10 }[event.key];
      if (step === undefined) return;
      event.preventDefault();
      const from = u.cursor.idx ?? 0;
      const to = Math.min(x.length - 1, Math.max(0, from + step));
      u.setCursor({ left: u.valToPos(x[to], "x"), top: u.over.clientHeight / 2 }, true, true); // fires the hook, and tells the other charts
    });
  }

  // Lines get a dot at the cursor, the edges of bands do not.
  function hoverPoint(series) {
    if (series.stroke === "transparent") return null;
    const dot = document.createElement("div");
    dot.style.background = series.stroke();
    return dot;
  }

  // The table below a chart is its legend: it gets a column with the values at the cursor.
  function readings(place, chart) {
    const table = place.nextElementSibling;
    const head = table.tHead.rows[0].appendChild(document.createElement("th"));
    const cells = [...table.tBodies[0].rows].map((row) => row.insertCell());
    head.className = "reading";
    head.textContent = chart.over_time ? "at the cursor" : "within";
    const title = head.textContent;
    return (u) => {
      const at = u.cursor.idx;
      const x = at == null ? null : u.data[0][at];
      head.textContent = x == null ? title : chart.over_time ? "at " + clock(x) : "within " + naturally(x, chart.x_unit);
      chart.lines.forEach((line, i) => {
        cells[i].textContent = x == null ? "" : withUnit(line.values[at], chart.unit);
      });
    };
  }

  // Only what was really drawn is counted: uPlot draws later than it is made.
  function announce() {
    document.body.dataset.charts = String(++drawn);
    if (drawn === places.length) Object.assign(document.body.dataset, { ready: "true", milliseconds: Math.round(performance.now() - begun) });
  }

  function draw(place, chart) {
    const x = chart.over_time ? data.time : chart.x;
    const { series, columns, bands } = seriesOf(chart, x);
    const options = {
      width: place.clientWidth,
      height,
      series,
      bands,
      axes: [xAxis(chart), yAxis(chart)],
      scales: {
        x: chart.over_time ? { time: false } : { time: false, distr: 3, range: (u, low, high) => [low, high] },
        y: { distr: chart.logarithmic ? 3 : 1, range: yRange(chart) },
      },
      cursor: { points: { size: 6, show: (u, i) => hoverPoint(series[i]) }, y: false },
      legend: { show: false },
      padding: [chart.over_time && data.spans.length > 0 ? 20 : 10, 24, 0, 0],
      hooks: {
        drawAxes: chart.over_time ? [drawSpans] : [],
        draw: [(u) => drawShapes(u, chart), (u) => drawLimits(u, chart)],
        setCursor: [readings(place, chart)],
        ready: [announce],
      },
    };
    if (chart.over_time) options.cursor.sync = { key: "time", setSeries: false };
    const plot = new uPlot(options, columns, place);
    listenToKeys(plot, place);
    plots.push({ plot, place });
  }

  // Latency over time in shades: columns are spans of the run, rows latencies, evenly in decades as in the charts.
  function heatMap(place) {
    const map = data.heat_maps[Number(place.dataset.heat)];
    const canvas = place.appendChild(document.createElement("canvas"));
    const line = place.nextElementSibling, said = line.textContent;
    const rows = map.levels.length - 1, begin = (i) => (i === 0 ? 0 : map.ends[i - 1]);
    const end = map.ends[map.ends.length - 1];
    const top = Math.log(map.levels[rows]), bottom = Math.log(map.levels[0]);
    const most = Math.max(1, ...map.columns.map((column) => Math.max(...column)));
    const box = { left: 58, top: data.spans.length > 0 ? 18 : 8, right: 12, bottom: 26 };
    let at = null; // the column and row that is read
    const inner = () => ({ width: place.clientWidth - box.left - box.right, height: height - box.top - box.bottom });
    const xOf = (seconds) => box.left + (seconds / end) * inner().width;
    const yOf = (latency) => box.top + ((top - Math.log(latency)) / (top - bottom)) * inner().height;

    // To whole pixels of the screen: cells that overlap by a fraction would show a grid that is not there.
    const snapped = (x) => Math.round(x * devicePixelRatio) / devicePixelRatio;

    function drawCells(ctx) {
      const shade = colour("c0");
      map.columns.forEach((column, i) => {
        const left = snapped(xOf(begin(i))), width = snapped(xOf(map.ends[i])) - left;
        column.forEach((share, row) => {
          if (share === 0) return;
          // By the root: what one request in a hundred met is what one looks for.
          ctx.fillStyle = faded(shade, 0.08 + 0.92 * Math.sqrt(share / most));
          const high = snapped(yOf(map.levels[row + 1]));
          ctx.fillRect(left, high, width, snapped(yOf(map.levels[row])) - high);
        });
      });
    }

    function drawAxes(ctx) {
      const { width, height: depth } = inner();
      ctx.font = "12px system-ui, sans-serif";
      ctx.fillStyle = colour("quiet");
      ctx.strokeStyle = colour("grid");
      ctx.textAlign = "right";
      ctx.textBaseline = "middle";
      let free = Infinity;
      for (const mark of decadeMarks(map.levels[0], map.levels[rows])) {
        const y = yOf(mark);
        ctx.strokeRect(box.left - 4, y, 4, 0);
        if (free - y < 14) continue;
        ctx.fillText(naturally(mark, "s"), box.left - 7, y);
        free = y;
      }
      ctx.textAlign = "center";
      ctx.textBaseline = "top";
      const step = clockSteps.find((candidate) => (width * candidate) / end > 62) ?? clockSteps[clockSteps.length - 1];
      for (let seconds = 0; seconds <= end; seconds += step) {
        const label = step >= 86400 ? `${seconds / 86400} d` : end >= 3600 ? clock(seconds).slice(0, -3) + " h" : step >= 60 ? `${seconds / 60} min` : `${seconds} s`;
        ctx.fillText(label, Math.min(Math.max(xOf(seconds), box.left + 10), box.left + width - 14), box.top + depth + 7);
      }
      ctx.strokeRect(box.left, box.top, width, depth);
    }

    function drawPhases(ctx) {
      ctx.font = "11px system-ui, sans-serif";
      ctx.textAlign = "left";
      ctx.textBaseline = "bottom";
      for (const span of data.spans) {
        const left = xOf(span.begin), right = xOf(Math.min(span.end, end));
        if (span.deleted) {
          ctx.fillStyle = faded(colour("c6"), 0.3);
          ctx.fillRect(left, box.top, right - left, inner().height);
        }
        ctx.fillStyle = colour("quiet");
        if (ctx.measureText(span.label).width + 8 < right - left) ctx.fillText(span.label, left + 4, box.top - 3);
      }
    }

    function paint() {
      const ratio = devicePixelRatio, ctx = canvas.getContext("2d");
      canvas.width = place.clientWidth * ratio;
      canvas.height = height * ratio;
      canvas.style.cssText = `width:${place.clientWidth}px;height:${height}px;display:block`;
      ctx.scale(ratio, ratio);
      drawCells(ctx);
      drawPhases(ctx);
      drawAxes(ctx);
      if (at === null) return;
      ctx.strokeStyle = colour("ink");
      ctx.strokeRect(xOf(begin(at.column)), yOf(map.levels[at.row + 1]), xOf(map.ends[at.column]) - xOf(begin(at.column)), yOf(map.levels[at.row]) - yOf(map.levels[at.row + 1]));
    }

    function read(column, row) {
      at = column == null ? null : { column: Math.min(Math.max(column, 0), map.ends.length - 1), row: Math.min(Math.max(row, 0), rows - 1) };
      line.textContent = at === null ? said
        : `${clock(begin(at.column))} to ${clock(map.ends[at.column])}: ${number(map.columns[at.column][at.row] / 100)} % took ` +
          `${naturally(map.levels[at.row], "s")} to ${naturally(map.levels[at.row + 1], "s")}`;
      paint();
    }

    canvas.addEventListener("pointermove", (event) => {
      const { left, top: above } = canvas.getBoundingClientRect();
      const seconds = ((event.clientX - left - box.left) / inner().width) * end;
      const latency = Math.exp(top - ((event.clientY - above - box.top) / inner().height) * (top - bottom));
      const column = map.ends.findIndex((until) => until >= seconds), row = map.levels.findIndex((level) => level > latency) - 1;
      read(seconds < 0 || column < 0 || row < 0 ? null : column, row);
    });
    canvas.addEventListener("pointerleave", () => read(null, 0));
    place.addEventListener("keydown", (event) => {
      if (event.key === "Escape") return read(null, 0);
      const step = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, 1], ArrowDown: [0, -1] }[event.key];
      if (step === undefined) return;
      event.preventDefault();
      if (at === null) return read(0, Math.floor(rows / 2));
      read(at.column + step[0], at.row + step[1]);
    });
    paint();
    return { place, paint };
  }

  const heats = [];
  const redraw = () => {
    plots.forEach(({ plot }) => plot.redraw());
    heats.forEach(({ paint }) => paint());
  };

  document.body.dataset.script = "";
  for (const place of document.querySelectorAll("[data-heat]")) heats.push(heatMap(place));
  document.body.dataset.heats = String(heats.length);
  for (const place of places) draw(place, data.charts[Number(place.dataset.chart)]);
  if (places.length === 0) Object.assign(document.body.dataset, { charts: "0", ready: "true" });

  new ResizeObserver(() => {
    for (const { plot, place } of plots) {
      if (place.clientWidth !== plot.width && place.clientWidth > 0) plot.setSize({ width: place.clientWidth, height });
    }
    for (const { place, paint } of heats) if (place.clientWidth > 0) paint();
  }).observe(document.querySelector("main"));

  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", redraw);
  // Paper is white whatever the screen is.
  addEventListener("beforeprint", () => { document.documentElement.dataset.paper = ""; redraw(); });
  addEventListener("afterprint", () => { delete document.documentElement.dataset.paper; redraw(); });
})();
