import type { Metadata } from "next";
import { Badge } from "#app/_ui/badge.tsx";
import { Card, CardContent, CardDescription, CardHeader, CardTitle } from "#app/_ui/card.tsx";
import { NotAllowed, SCOPE_WORDS } from "#app/_ui/not-allowed.tsx";
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
import { ModelForm } from "./_components/model-form.tsx";
import { PolicyForm } from "./_components/policy-form.tsx";
import { RecordForm } from "./_components/record-form.tsx";
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
        actions={!mayChange && <NotAllowed scope="admin">Changing them, seeing keys and secrets</NotAllowed>}
      />
      <div className="grid max-w-4xl gap-4">
        <Card>
          <CardHeader>
            <CardTitle>Mode</CardTitle>
            <CardDescription>What approving a change does</CardDescription>
            <Badge outline className="ml-auto">
              {settings.sources.mode ?? "default"}
            </Badge>
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
            <CardTitle>What is kept of calls</CardTitle>
            <CardDescription>Where a tool&apos;s own policy does not say</CardDescription>
          </CardHeader>
          <CardContent>
            <RecordForm
              mayChange={mayChange}
              settings={{ recording: settings.recording, retentionDays: settings.retentionDays }}
              sources={settings.sources}
            />
          </CardContent>
        </Card>
        <Card>
          <CardHeader>
            <CardTitle>Where fixes come from</CardTitle>
            <Badge outline className="ml-auto">
              {settings.sources.model ?? "default"}
            </Badge>
          </CardHeader>
          <CardContent>
            <ModelForm
              model={settings.model}
              fromEnvironment={settings.sources.model === "environment"}
              mayChange={mayChange}
            />
          </CardContent>
        </Card>
        <Card>
          <CardHeader>
            <CardTitle>Sandbox</CardTitle>
            <Badge tone={settings.sandbox.jailed ? "success" : "warning"} className="ml-auto">
              {settings.sandbox.jailed ? "jailed" : "not jailed"}
            </Badge>
          </CardHeader>
          <CardContent className="text-13">{settings.sandbox.detail}</CardContent>
        </Card>
        {mayChange && <Secrets secrets={(await listSecrets(context)).items} />}
        {mayChange && (
          <Card id="keys">
            <CardHeader>
              <CardTitle>People and keys</CardTitle>
              <CardDescription>Who signs in with a key is a person here; an agent calls with one</CardDescription>
            </CardHeader>
            <Table label="People and keys" stacked>
              <TableHeader>
                <TableRow>
                  <TableHead>Name</TableHead>
                  <TableHead>Kind</TableHead>
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
                    <TableCell className="font-medium [overflow-wrap:anywhere]">
                      {key.name}
                      {key.id === context.caller.actor.id && (
                        <span className="font-normal text-muted-foreground"> (you)</span>
                      )}
                    </TableCell>
                    <TableCell className="text-muted-foreground">{key.kind}</TableCell>
                    <TableCell wide className="text-muted-foreground">
                      {key.scopes.map((scope) => SCOPE_WORDS[scope]).join(", ")}
                    </TableCell>
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
