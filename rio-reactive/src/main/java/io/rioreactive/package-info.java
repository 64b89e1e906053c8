/**
 * Reactive UDP. Start at {@link io.rioreactive.RioUdpServer}.
 *
 * <p>How one datagram travels, and the classes it meets:
 *
 * <pre>
 * kernel.CompletionQueue.dequeue   the pump takes a batch of completions          Pump.turn
 *   → UdpConnection.onCompletion   each goes to its direction
 *   → UdpInbound.onCompletion      the slot goes from POSTED to FILLED            Slots
 *   → SourceGate.refusal           who may send, by the address in the slot
 *   → InboundSubscription.onSlot   decoded in the slot, or copied into a value    DatagramView
 *   → Subscriber.onNext            the application's pipeline
 *
 * OutboundSend.onNext              from any thread: what is sent waits here, at most a window
 *
 * UdpConnection.onTurnEnd          when all of the batch has been handed over
 *   → UdpOutbound.onTurnEnd        encoded into free slots and posted             DatagramWriter
 *   → UdpInbound.onTurnEnd         slots are posted while posted &lt; unmet demand
 *   → kernel.RequestQueue.commit   once, for both
 *
 * UdpOutbound.onCompletion         the kernel has sent it: the slot is free again
 * </pre>
 */
@NullMarked
package io.rioreactive;

import org.jspecify.annotations.NullMarked;
