import { createApiRef } from '@backstage/core-plugin-api';
import type {
  Bundles,
  CampaignPage,
  Campaigns,
  ComponentPackages,
  ComponentPage,
  ComponentRow,
  ComponentSbom,
  DecisionDone,
  DecisionDraft,
  DoNow,
  Explained,
  Explanation,
  Facets,
  FindingPage,
  Findings,
  RiskRegister,
  Me,
  Rollup,
  SaidWord,
  SbomCoverage,
  Sources,
  TicketDone,
  TicketDraft,
  Tickets,
  Unlinked,
  UsesQuestion,
  WhoUses,
  WordDraft,
} from './types';

/**
 * What the plugin asks of a Callboard service. Every method answers or throws a CallboardError.
 *
 * @public
 */
export interface CallboardApi {
  /**
   * The catalog entity's row with its open findings. Calls of one moment become one request.
   * `undefined`: the service has no such component, or it is not the reader's to see; the two look alike on purpose.
   * A row whose `signal` ends before that request goes out is left out of it, and never answered.
   */
  row(entityRef: string, signal?: AbortSignal): Promise<ComponentRow | undefined>;
  /** One component in full. */
  component(entityRef: string): Promise<ComponentPage>;
  /** A group, a user, a system or a domain with what it owns. */
  rollup(entityRef: string): Promise<Rollup>;
  /** What the reader does first; `about` narrows it, for example to `component:default/cart`. */
  doNow(about?: string): Promise<DoNow>;
  /** Findings put together by what closes them. */
  bundles(query: string, options?: { limit?: number; cursor?: string }): Promise<Bundles>;
  /** One page of findings. */
  findings(query: string, options?: { limit?: number; cursor?: string }): Promise<Findings>;
  /** A question in plain words. */
  explain(query: string): Promise<Explained>;
  /** What a list could be narrowed to. */
  facets(query: string): Promise<Facets>;
  /** One finding in full. */
  finding(id: number): Promise<FindingPage>;
  /** Why a resource of a source is whose it is, and what of it the reader may confirm or deny. */
  whose(resource: string, source: string): Promise<Explanation>;
  /** How fresh and how whole each source is. */
  sources(): Promise<Sources>;
  /** Who uses a package, now or in the past. */
  whoUses(question: UsesQuestion): Promise<WhoUses>;
  /** For which components it is known what they consist of. */
  sbomCoverage(): Promise<SbomCoverage>;
  /** From what it is known what one component consists of, or why it is not. */
  sbom(entityRef: string): Promise<ComponentSbom>;
  /** The packages that one component uses now, the worst first. */
  packages(entityRef: string, options?: { start?: number; limit?: number }): Promise<ComponentPackages>;
  /** The newest risk register of a portal, or of whichever was judged last. Not for everybody. */
  portalRisks(portal?: string): Promise<RiskRegister>;
  /** Campaigns that have a finding which the reader sees; every number is of those. */
  campaigns(): Promise<Campaigns>;
  /** One campaign with how it went, day by day. */
  campaign(id: number): Promise<CampaignPage>;
  /** Tickets of findings that the reader sees, and where new ones can be made. */
  tickets(): Promise<Tickets>;
  /** Whether the way to the service lets changes pass, as far as is known. */
  passesChanges(): boolean;
  /** Say that a resource is a component's, which settles it. */
  confirm(word: WordDraft): Promise<SaidWord>;
  /** Say that a resource is not a component's, from now on. */
  notOurs(word: WordDraft): Promise<SaidWord>;
  /**
   * Say something about findings, or take it back. Sent again with the same `key` it is answered as the first time.
   * A preview changes nothing.
   */
  decide(draft: DecisionDraft, key: string): Promise<DecisionDone>;
  /** Have a ticket made for a piece of work, or say that there is one. */
  fileTicket(draft: TicketDraft): Promise<TicketDone>;
  /** Say that a finding has a ticket no more. */
  unlinkTicket(ticketId: number, finding: number): Promise<Unlinked>;
  /** Who the reader is to the service. */
  me(): Promise<Me>;
  /** Take back what was said about whose a resource is. */
  undo(decisionId: number): Promise<SaidWord>;
  /**
   * Tell that somebody followed a finding's link to its source. Nobody waits for it, and it never fails.
   * A browser that asks not to be tracked tells nothing.
   */
  followed(id: number): void;
  /**
   * Tell which findings were in sight, at most fifty. Nobody waits for it, and it never fails.
   * A browser that asks not to be tracked tells nothing.
   */
  seen(ids: readonly number[]): void;
}

/**
 * How parts of a page, and plugins of others, come by a CallboardApi.
 *
 * @public
 */
export const callboardApiRef = createApiRef<CallboardApi>({ id: 'plugin.callboard.service' });
