// Brings the figures of imbtutor.explore to life: the same code runs in the static
// page and, inside an anywidget, in JupyterLab. It is the project's only JavaScript.

const imbtutorLive = (() => {
  // The book's theme, JupyterLab's theme, or the system's: whichever is present.
  const isDark = () => {
    const { theme } = document.documentElement.dataset;
    if (theme === "dark" || theme === "light") return theme === "dark";
    const lab = document.body.dataset.jpThemeLight;
    return lab ? lab === "false" : matchMedia("(prefers-color-scheme: dark)").matches;
  };

  // Builds the controls, the drawing and the spoken sentence of one figure in `host`;
  // calls `shown` whenever the host is laid out anew.
  const start = async (vega, host, spec, label, shown) => {
    const add = (tag, name) => {
      const element = document.createElement(tag);
      element.className = name;
      return host.appendChild(element);
    };
    const controls = add("div", "live-controls");
    const drawing = add("div", "live-drawing");
    const sentence = add("p", "live-say");
    sentence.setAttribute("aria-live", "polite");

    const view = new vega.View(vega.parse(spec), { renderer: "canvas" });
    view.signal("dark", isDark());
    view.initialize(drawing, controls);
    // One figure is one picture to a screen reader; the sentence tells its state.
    drawing.setAttribute("role", "img");
    drawing.setAttribute("aria-label", label);
    for (const part of drawing.querySelectorAll("[role]")) part.removeAttribute("role");
    for (const bind of controls.querySelectorAll(".vega-bind")) {
      // Vega's label also holds the value, which a screen reader reads by itself.
      const name = bind.querySelector(".vega-bind-name").textContent;
      const radio = bind.querySelector(".vega-bind-radio");
      radio?.setAttribute("role", "radiogroup");
      radio?.setAttribute("aria-label", name);
      for (const input of bind.querySelectorAll("input, select")) {
        if (!radio) input.setAttribute("aria-label", name);
        // JupyterLab takes the arrow keys from inputs that do not say this.
        input.dataset.lmSuppressShortcuts = "true";
      }
    }
    await view.runAsync();

    // The signal `limits` says how far a slider goes now, or whether a control has an
    // effect now; without one it rests. What a hand had set comes back where it can.
    const wished = {};
    const given = {};
    const limit = () => {
      for (const [name, most] of Object.entries(view.signal("limits"))) {
        const input = controls.querySelector(`[name="${name}"]`);
        const slides = typeof most === "number";
        input.disabled = slides ? most <= input.min : !most;
        if (!slides) continue;
        input.max = most;
        if (view.signal(name) !== given[name]) wished[name] = view.signal(name);
        given[name] = Math.min(wished[name], most);
        if (given[name] !== view.signal(name)) view.signal(name, given[name]).runAsync();
        input.value = given[name]; // which may be above the old maximum
      }
    };
    if (spec.signals.some((signal) => signal.name === "limits")) {
      limit();
      await view.runAsync();
      for (const name of ["limits", ...Object.keys(view.signal("limits"))])
        view.addSignalListener(name, () => view.runAfter(limit));
    }

    // Panels stand side by side where the column holds them. They are drawn so at first,
    // in JupyterLab even before they have a place on the page and can be measured; Vega
    // writes a style where a pixel of the page is not one of the screen.
    const canvas = drawing.querySelector("canvas");
    const wide = parseFloat(canvas.style.width) || canvas.width;
    const fit = () => {
      const narrow = drawing.clientWidth < wide;
      // An element that is not shown has no width, and no opinion.
      if (!drawing.clientWidth || view.signal("narrow") === narrow) return;
      // Without resize() Vega moves the panels and keeps the size of the canvas.
      return view.signal("narrow", narrow).resize().runAsync();
    };
    await fit();

    // Speak late: a dragged slider must not queue a hundred sentences.
    let timer;
    const say = () => {
      clearTimeout(timer);
      timer = setTimeout(() => (sentence.textContent = view.signal("say")), 250);
    };
    sentence.textContent = view.signal("say");
    view.addSignalListener("say", say);

    const theme = new MutationObserver(() => view.signal("dark", isDark()).runAsync());
    theme.observe(document.documentElement, { attributeFilter: ["data-theme"] });
    theme.observe(document.body, { attributeFilter: ["data-jp-theme-light"] });
    const width = new ResizeObserver(() => {
      if (drawing.clientWidth) shown?.();
      fit();
    });
    width.observe(drawing);
    const stop = () => {
      theme.disconnect();
      width.disconnect();
      clearTimeout(timer);
      view.finalize();
    };
    return { view, stop };
  };

  // The static page: load the runtime once, when the first figure comes near.
  const page = (script) => {
    let runtime;
    const load = () =>
      (runtime ??= new Promise((resolve, reject) => {
        const element = document.createElement("script");
        element.src = new URL("vega.js", script);
        element.onload = () => resolve(globalThis.imbtutorVega);
        element.onerror = reject;
        document.head.appendChild(element);
      }));
    const views = (globalThis.imbtutorViews = {});
    const wake = async (figure) => {
      const spec = JSON.parse(figure.querySelector("script").textContent);
      const still = figure.querySelector(".live-still");
      const host = document.createElement("div");
      host.className = "live-host";
      figure.insertBefore(host, still);
      try {
        views[figure.dataset.name] = (await start(await load(), host, spec, still.alt)).view;
        figure.classList.add("live-awake");
      } catch (error) {
        host.remove(); // the still picture stays
        throw error;
      }
    };
    const near = new IntersectionObserver(
      (entries) => {
        for (const entry of entries.filter((entry) => entry.isIntersecting)) {
          near.unobserve(entry.target);
          wake(entry.target);
        }
      },
      { rootMargin: "600px" },
    );
    for (const figure of document.querySelectorAll("figure.live")) near.observe(figure);
  };

  // JupyterLab: `params` come from Python, `values` go back.
  const widget = async ({ model, el }) => {
    el.classList.add("live", "live-awake");
    const host = document.createElement("div");
    host.className = "live-host";
    el.appendChild(host);
    // The still picture of a saved notebook gives way as long as the figure lives.
    let stills = [];
    const hide = () => {
      stills = [...(el.closest(".jp-OutputArea")?.querySelectorAll(".live-saved") ?? [])]
        .map((still) => still.closest(".jp-OutputArea-child"));
      for (const still of stills) still.style.display = "none";
    };
    const { view, stop } = await start(
      globalThis.imbtutorVega, host, model.get("spec"), model.get("label"), hide);
    (globalThis.imbtutorViews ??= {})[model.get("name")] = view;
    const names = model.get("names");
    let turn;
    let timer;
    const report = () => {
      clearTimeout(timer);
      timer = setTimeout(() => {
        const values = names.map((name) => [name, view.signal(name) ?? null]);
        model.set("values", { ...Object.fromEntries(values), turn });
        model.save_changes();
      }, 50);
    };
    for (const name of names) view.addSignalListener(name, report);
    const receive = () => {
      const params = model.get("params");
      const last = model.get("values");
      const values = { ...params.values };
      // A figure that is shown again goes on where the hand had left it.
      if (last.turn === params.turn) {
        for (const name of model.get("controls")) values[name] = last[name];
      }
      turn = params.turn;
      for (const [name, value] of Object.entries(values)) view.signal(name, value);
      view.runAsync().then(report);
    };
    model.on("change:params", receive);
    receive();
    return () => {
      clearTimeout(timer);
      model.off("change:params", receive);
      for (const still of stills) still.style.display = "";
      stop();
    };
  };

  return { page, widget };
})();
