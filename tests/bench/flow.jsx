// The same scene in React Flow, as its documentation advises: node types outside of the component,
// memoised, nothing subscribed to that isn't needed. `start` is called with what the map shows.
import { Handle, Position, ReactFlow, getSmoothStepPath, BaseEdge, useNodesState } from "@xyflow/react";
import { memo } from "react";
import { createRoot } from "react-dom/client";

const Glyph = () => (
  <svg width="20" height="20" viewBox="0 0 20 20" className="glyph">
    <path d="M3 5h14v10H3zM6 8h8M6 11h5" />
  </svg>
);

const Card = memo(({ data }) => (
  <div className="card">
    <Handle type="target" position={Position.Left} />
    {data.glyph && <Glyph />}
    <div className="words">
      <b>{data.lines[0]}</b>
      <code>{data.lines[1]}</code>
    </div>
    {data.lines[2] && <i>{data.lines[2]}</i>}
    <Handle type="source" position={Position.Right} />
  </div>
));

const Area = memo(({ data }) => (
  <div className="area">
    <Handle type="target" position={Position.Left} />
    <b>{data.lines[0]}</b> <code>{data.lines[1]}</code> <i>{data.lines[2]}</i>
    <Handle type="source" position={Position.Right} />
  </div>
));

const Step = memo((props) => {
  const [path] = getSmoothStepPath({ ...props, borderRadius: 6 });
  return <BaseEdge path={path} style={{ strokeDasharray: "2 5" }} />;
});

const nodeTypes = { card: Card, area: Area };
const edgeTypes = { step: Step };
const noop = () => {};

const Scene = ({ scene }) => {
  const [nodes, , onNodesChange] = useNodesState(scene.nodes);
  return (
    <ReactFlow
      nodes={nodes}
      edges={scene.edges}
      onNodesChange={onNodesChange}
      onInit={(flow) => { globalThis.flow = flow; }}
      nodeTypes={nodeTypes}
      edgeTypes={edgeTypes}
      minZoom={0.2}
      maxZoom={4}
      panOnDrag={[1]}
      selectionOnDrag
      proOptions={{ hideAttribution: true }}
      onError={noop}
    />
  );
};

globalThis.start = (scene) => createRoot(document.getElementById("root")).render(<Scene scene={scene} />);
