import { useGraphiQL, useGraphiQLActions } from "@graphiql/react";

/** The plugins: a button for each, and the one that is open. */
export function Sidebar() {
  const { plugins, visiblePlugin } = useGraphiQL((state) => ({
    plugins: state.plugins,
    visiblePlugin: state.visiblePlugin,
  }));
  const { setVisiblePlugin } = useGraphiQLActions();
  const Content = visiblePlugin?.content;
  return (
    <nav className="sidebar" aria-label="Examples, documentation and history">
      <div className="plugins">
        {plugins.map((plugin) => {
          const open = plugin === visiblePlugin;
          const label = `${open ? "Hide" : "Show"} ${plugin.title}`;
          return (
            <button
              key={plugin.title}
              type="button"
              className="icon"
              title={label}
              aria-label={label}
              aria-expanded={open}
              onClick={() => setVisiblePlugin(open ? null : plugin)}
            >
              <plugin.icon aria-hidden="true" />
            </button>
          );
        })}
      </div>
      {Content && (
        <div className="plugin">
          <Content />
        </div>
      )}
    </nav>
  );
}
