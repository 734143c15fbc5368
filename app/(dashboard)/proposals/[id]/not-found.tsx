import { NothingHere } from "../../_components/nothing-here.tsx";

export default function NotFound() {
  return <NothingHere title="There is no such proposal here" href="/proposals" words="See the proposals" />;
}
