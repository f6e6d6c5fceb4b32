import type { MediaTransport } from '../media-router';
import type { Incoming, Outgoing, Peer } from './peer';

/**
 * Sends what one peer puts out to another, whose page is not asked whether it wants it. The consumer stays paused until
 * the page has it: the first key frame would be lost otherwise. A page that does not take it goes without.
 */
export function deliver(outgoing: Outgoing, from: Peer, to: Peer): void {
  const transport = to.route('recv');
  if (transport !== undefined) consume(outgoing, from, to, transport).catch(() => undefined);
}

/** Tells each page that receives this what it does not know of it yet: paused, resumed, or gone. */
export function tellAll(peers: Iterable<Peer>, outgoing: Outgoing): void {
  for (const peer of peers) {
    for (const incoming of peer.incoming.values()) if (incoming.outgoing === outgoing) tell(peer, incoming);
  }
}

async function consume(outgoing: Outgoing, from: Peer, to: Peer, transport: MediaTransport): Promise<void> {
  const { round, rtpCapabilities } = to;
  if (rtpCapabilities === undefined) return;
  const consumer = await transport.consume({ producerId: outgoing.producer.id, rtpCapabilities });
  if (consumer === undefined) return;
  if (round !== to.round || outgoing.isClosed) return consumer.close();
  const { id, kind, rtpParameters } = consumer;
  const incoming: Incoming = { consumer, outgoing, isKnown: false, toldPaused: outgoing.isPaused };
  to.incoming.set(id, incoming);
  try {
    const answer = await to.link.request('consumer.new', {
      consumerId: id,
      producerId: outgoing.producer.id,
      peerId: from.link.peerId,
      kind,
      source: outgoing.source,
      rtpParameters,
      paused: outgoing.isPaused,
    });
    if (!answer.ok) throw new Error('the page could not take it');
    if (round !== to.round) return;
    incoming.isKnown = true;
    if (!outgoing.isClosed) await consumer.resume();
    tell(to, incoming);
  } catch (error) {
    to.incoming.delete(id);
    consumer.close();
    throw error;
  }
}

function tell(peer: Peer, incoming: Incoming): void {
  // Before it has acknowledged the consumer, a page has nothing to apply this to. It is told then.
  if (!incoming.isKnown) return;
  const { consumer, outgoing } = incoming;
  if (outgoing.isClosed) {
    if (!peer.incoming.delete(consumer.id)) return;
    peer.link.notify('consumer.closed', { consumerId: consumer.id });
  } else if (incoming.toldPaused !== outgoing.isPaused) {
    incoming.toldPaused = outgoing.isPaused;
    const event = outgoing.isPaused ? 'consumer.paused' : 'consumer.resumed';
    peer.link.notify(event, { consumerId: consumer.id });
  }
}
