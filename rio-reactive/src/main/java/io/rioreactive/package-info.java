/**
 * Reactive UDP. Start at {@link io.rioreactive.RioUdpServer}.
 *
 * <p>How one datagram travels, and the classes it meets:
 *
 * <pre>
 * kernel.CompletionQueue.dequeue   the pump takes a batch of completions          Pump.turn
 *   → UdpInbound.onCompletion      the slot goes from POSTED to FILLED            Slots
 *   → InboundSubscription.onSlot   decoded in the slot, or copied into a value    DatagramView
 *   → Subscriber.onNext            the application's pipeline
 *   → UdpInbound.onTurnEnd         slots are posted while posted &lt; unmet demand
 *
 * Publisher.onNext                 from any thread, into the send's own queue     OutboundSend
 *   → UdpOutbound.onTurnEnd        encoded into a free slot, posted, committed    DatagramWriter
 *   → UdpOutbound.onCompletion     the kernel is done: the slot is free again
 * </pre>
 */
@NullMarked
package io.rioreactive;

import org.jspecify.annotations.NullMarked;
