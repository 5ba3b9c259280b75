import { type KeyboardEvent, useEffect, useRef } from "react";
import { useTabs } from "./open-tab.ts";

/** The tabs. Arrow keys go from one to the next, Delete closes one; the others are not stops of the key Tab. */
export function TabStrip() {
  const { tabs, activeTabIndex, show, add, close } = useTabs();
  const strip = useRef<HTMLDivElement>(null);
  const active = tabs[activeTabIndex]?.id;
  const takesFocus = useRef(false);
  useEffect(() => {
    const shown = strip.current?.querySelector<HTMLElement>("[aria-selected=true]");
    shown?.scrollIntoView({ block: "nearest", inline: "nearest" });
    if (takesFocus.current) shown?.focus();
    takesFocus.current = false;
  }, [active, tabs.length]);

  const keys: Record<string, (index: number) => number> = {
    ArrowLeft: (index) => (index + tabs.length - 1) % tabs.length,
    ArrowRight: (index) => (index + 1) % tabs.length,
    Home: () => 0,
    End: () => tabs.length - 1,
  };
  const closeTab = (index: number) => {
    // The element that has the focus goes with its tab.
    takesFocus.current = strip.current?.contains(document.activeElement) ?? false;
    close(index);
  };
  const press = (event: KeyboardEvent) => {
    if (event.key === "Delete" && tabs.length > 1) {
      closeTab(activeTabIndex);
      return;
    }
    const next = keys[event.key]?.(activeTabIndex);
    if (next === undefined) return;
    event.preventDefault();
    show(next);
    (strip.current?.querySelectorAll("[role=tab]")[next] as HTMLElement | undefined)?.focus();
  };

  return (
    <div className="tab-strip">
      <div ref={strip} role="tablist" aria-label="Operations" className="tabs" onKeyDown={press}>
        {tabs.map(({ id, title, query }, index) => {
          const selected = index === activeTabIndex;
          return (
            <div key={id} className="tab" role="presentation">
              <button
                type="button"
                role="tab"
                id={`tab-${id}`}
                aria-selected={selected}
                aria-controls="session"
                aria-keyshortcuts="Delete"
                tabIndex={selected ? 0 : -1}
                title={title}
                onClick={() => show(index)}
              >
                {/^\s*mutation\b/m.test(query ?? "") && <span className="dot" role="img" aria-label="mutation" />}
                {title}
              </button>
              {tabs.length > 1 && (
                <button
                  type="button"
                  className="close"
                  tabIndex={-1}
                  aria-label={`Close ${title}`}
                  onClick={() => closeTab(index)}
                >
                  ×
                </button>
              )}
            </div>
          );
        })}
      </div>
      <button type="button" className="icon" aria-label="New tab" title="New tab" onClick={add}>
        +
      </button>
    </div>
  );
}
