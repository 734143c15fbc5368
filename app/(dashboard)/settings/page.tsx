import type { Metadata } from "next";
import { Badge } from "#app/_ui/badge.tsx";
import { Card, CardContent, CardDescription, CardHeader, CardTitle } from "#app/_ui/card.tsx";
import { PageHeader } from "#app/_ui/page-header.tsx";
import { Table, TableBody, TableCell, TableHead, TableHeader, TableRow } from "#app/_ui/table.tsx";
import { RelativeTime } from "#app/_ui/time.tsx";
import { getContext } from "#app/context.ts";
import { holds } from "#lib/core/actor.ts";
import { DEFAULT_APPROVERS, mergeApprovers } from "#lib/core/policy.ts";
import { listSecrets } from "#lib/queries/secrets.ts";
import { showSettings } from "#lib/queries/settings.ts";
import { KeyForm, RevokeButton } from "./_components/keys.tsx";
import { ModeSwitch } from "./_components/mode-switch.tsx";
import { PolicyForm } from "./_components/policy-form.tsx";
import { Secrets } from "./_components/secrets.tsx";

export const metadata: Metadata = { title: "Settings" };

export default async function SettingsPage() {
  const context = await getContext();
  const settings = await showSettings(context, {});
  const mayChange = holds(context.caller, "admin");
  const keys = mayChange ? await context.database.access.listKeys() : [];
  return (
    <>
      <PageHeader
        title="Settings"
        description="Environment variables stand above what is set here; each value says where it comes from."
      />
      <div className="grid max-w-4xl gap-4">
        <Card>
          <CardHeader>
            <CardTitle>Mode</CardTitle>
            <CardDescription>What approving a change does</CardDescription>
          </CardHeader>
          <CardContent>
            <ModeSwitch mode={settings.mode} mayChange={mayChange} />
          </CardContent>
        </Card>
        <Card>
          <CardHeader>
            <CardTitle>Policy</CardTitle>
          </CardHeader>
          <CardContent>
            <PolicyForm
              mayChange={mayChange}
              approvers={mergeApprovers(DEFAULT_APPROVERS, settings.approvers)}
              settings={{
                autoDeploy: settings.autoDeploy,
                fourEyes: settings.fourEyes,
                reasonRequired: settings.reasonRequired,
                backgroundLoop: settings.backgroundLoop,
                target: settings.target,
                agreementThreshold: settings.agreementThreshold,
                requiredApprovals: settings.requiredApprovals,
                monitorCalls: settings.monitorCalls,
                monitorHours: settings.monitorHours,
              }}
              sources={settings.sources}
            />
          </CardContent>
        </Card>
        <Card>
          <CardHeader>
            <CardTitle>Where fixes come from</CardTitle>
            <Badge outline>{settings.sources.model ?? "default"}</Badge>
          </CardHeader>
          <CardContent className="grid gap-1 text-13">
            <p>
              {settings.model === null
                ? "The built-in template repairer: no model is asked, nothing leaves this machine."
                : `The model ${settings.model.name}; prompts are sent to ${settings.model.baseUrl}.`}
            </p>
            <p className="text-muted-foreground">
              Set <code className="font-mono text-xs">OPENAI_BASE_URL</code>,{" "}
              <code className="font-mono text-xs">OPENAI_API_KEY</code> and{" "}
              <code className="font-mono text-xs">WHETSTONE_MODEL</code> and start again to ask any OpenAI-compatible
              endpoint, or name one by <code className="font-mono text-xs">PATCH /api/v1/settings</code>.
            </p>
          </CardContent>
        </Card>
        <Card>
          <CardHeader>
            <CardTitle>Sandbox</CardTitle>
            <Badge tone={settings.sandbox.jailed ? "success" : "warning"}>
              {settings.sandbox.jailed ? "jailed" : "not jailed"}
            </Badge>
          </CardHeader>
          <CardContent className="text-13">{settings.sandbox.detail}</CardContent>
        </Card>
        {mayChange && <Secrets secrets={(await listSecrets(context)).items} />}
        {mayChange && (
          <Card>
            <CardHeader>
              <CardTitle>People and keys</CardTitle>
            </CardHeader>
            <Table label="People and keys">
              <TableHeader>
                <TableRow>
                  <TableHead>Name</TableHead>
                  <TableHead>May</TableHead>
                  <TableHead>Made</TableHead>
                  <TableHead>
                    <span className="sr-only">Actions</span>
                  </TableHead>
                </TableRow>
              </TableHeader>
              <TableBody>
                {keys.map((key) => (
                  <TableRow key={key.id}>
                    <TableCell className="font-medium">{key.name}</TableCell>
                    <TableCell className="text-muted-foreground">{key.scopes.join(", ")}</TableCell>
                    <TableCell className="whitespace-nowrap text-muted-foreground">
                      <RelativeTime at={key.createdAt} />
                    </TableCell>
                    <TableCell className="text-right">
                      {key.revokedAt !== null ? (
                        <Badge>revoked</Badge>
                      ) : (
                        key.id !== context.caller.actor.id && <RevokeButton id={key.id} name={key.name} />
                      )}
                    </TableCell>
                  </TableRow>
                ))}
              </TableBody>
            </Table>
            <CardContent className="border-t">
              <KeyForm />
            </CardContent>
          </Card>
        )}
      </div>
    </>
  );
}
