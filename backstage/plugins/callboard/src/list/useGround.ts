import { useApi } from '@backstage/core-plugin-api';
import { type CallboardApi, callboardApiRef } from '../api/CallboardApi';
import { rollsUp } from '../api/scope';
import type { ComponentPage, Source } from '../api/types';
import { type Answer, useAnswer } from '../api/useAnswer';

/** What a list stands on: without it an empty list would say nothing. */
export interface Ground {
  sources: readonly Source[];
  /** The component that the list is about. */
  component?: ComponentPage;
  /** False: the group, person, system or domain that the list is about has nothing that the reader may see. */
  owns: boolean;
}

export type GroundAnswer = Answer<Ground> & { again: () => void };

/** The ground of a list about an entity, or about all that the reader sees. */
export function useGround(entityRef?: string): GroundAnswer {
  const api = useApi(callboardApiRef);
  return useAnswer(entityRef ?? '', () => groundOf(api, entityRef));
}

async function groundOf(api: CallboardApi, entityRef?: string): Promise<Ground> {
  if (!entityRef) {
    const { sources } = await api.sources();
    return { sources, owns: true };
  }
  if (rollsUp(entityRef)) {
    const { sources, components } = await api.rollup(entityRef);
    return { sources, owns: components.length > 0 };
  }
  const component = await api.component(entityRef);
  return { sources: component.sources, component, owns: true };
}
