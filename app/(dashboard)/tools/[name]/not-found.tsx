import { NothingHere } from "../../_components/nothing-here.tsx";

export default function NotFound() {
  return <NothingHere title="There is no such tool here" href="/tools" words="See the tools" />;
}
