import type { Metadata } from "next";
import { notFound } from "next/navigation";
import { displayable } from "#app/_ui/displayable.ts";
import { PageHeader } from "#app/_ui/page-header.tsx";
import { getContext } from "#app/context.ts";
import { isProblem } from "#lib/core/problem.ts";
import { findProposal } from "#lib/queries/find-or-refuse.ts";
import { type ReviewPage, readReviewPage } from "#lib/queries/review-page.ts";
import { Review } from "./_components/review.tsx";
import { ReviewHeader } from "./_components/review-header.tsx";

type Params = { params: Promise<{ id: string }>; searchParams: Promise<{ revision?: string; against?: string }> };

async function read({ params, searchParams }: Params): Promise<ReviewPage> {
  const [{ id }, { revision, against }] = await Promise.all([params, searchParams]);
  try {
    const page = await readReviewPage(await getContext(), {
      id: decodeURIComponent(id),
      revision: revision === undefined ? undefined : Number(revision),
      against: against === undefined ? undefined : Number(against),
    });
    return displayable(page);
  } catch (error) {
    if (isProblem(error) && error.code === "not_found") notFound();
    throw error;
  }
}

export async function generateMetadata({ params }: Params): Promise<Metadata> {
  try {
    const { number, tool } = await findProposal((await getContext()).database, decodeURIComponent((await params).id));
    return { title: `${tool}: proposal ${number}` };
  } catch (error) {
    if (isProblem(error) && error.code === "not_found") notFound();
    throw error;
  }
}

export default async function ReviewPageView(props: Params) {
  const page = await read(props);
  return (
    <>
      <PageHeader className="sr-only" title={`Proposal ${page.proposal.number} for ${page.proposal.tool}`} />
      <ReviewHeader page={page} />
      <Review page={page} />
    </>
  );
}
