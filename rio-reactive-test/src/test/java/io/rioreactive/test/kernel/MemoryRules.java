package io.rioreactive.test.kernel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeFalse;

import io.rioreactive.kernel.CompletionBatch;
import io.rioreactive.kernel.SlotRegion;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/**
 * The kernel writes to what is posted and to nothing else. What it must not touch is filled with
 * poison, then it is given every occasion.
 */
interface MemoryRules extends OnKernel {

  byte POISON = (byte) 0xA5;

  /** So many more arrive for sockets that are gone, or have nothing posted. */
  int MORE = 32;

  @Test
  default void aSocketThatIsDrainedIsNotWrittenTo() throws IOException {
    try (TestPump pump = open();
        TestPump others = open()) {
      TestSocket peer = others.open(1, MORE, 64);
      // Of another size, so that it shares no memory with those that are closed.
      TestSocket neighbour = pump.open(MORE, 1, 128);
      for (int round = 0; round < 40; round++) {
        TestSocket socket = pump.open(16, 8, 64);
        socket.postFirst(16).commit();
        send(peer, socket, 1 + round % 20);
        if (round % 2 == 0) {
          socket.takeReceive();
        }
        socket.close();
        socket.drain();
        MemorySegment receives = socket.requests().receiveSlots().memory().fill(POISON);
        MemorySegment sends = socket.requests().sendSlots().memory().fill(POISON);

        send(peer, socket, MORE);
        neighbour.postFirst(MORE).commit();
        send(peer, neighbour, MORE);
        neighbour.takeReceives(MORE);

        assertThatIsPoison(receives);
        assertThatIsPoison(sends);
        socket.release();
      }
    }
  }

  /** Where a post is only a number, the kernel is free to choose. */
  @Test
  default void aSlotThatIsNotPostedIsNotWrittenTo() throws IOException {
    assumeFalse(withdrawsPosts(), "posts are numbers here, and name no slot");
    try (TestPump pump = open();
        TestPump others = open()) {
      TestSocket peer = others.open(1, MORE, 64);
      TestSocket socket = pump.open(8, 1, 64);
      SlotRegion slots = socket.requests().receiveSlots();
      for (int round = 0; round < 40; round++) {
        List<Integer> posted = new ArrayList<>();
        for (int slot = 0; slot < slots.slots(); slot++) {
          if ((slot + round) % 3 == 0) {
            posted.add(slot);
            socket.post(slot);
          } else {
            payload(slots, slot).fill(POISON);
          }
        }
        socket.commit();
        send(peer, socket, posted.size());
        socket.takeReceives(posted.size());

        for (int slot = 0; slot < slots.slots(); slot++) {
          if (!posted.contains(slot)) {
            assertThatIsPoison(payload(slots, slot));
          }
        }
      }
    }
  }

  /** Also while more is posted meanwhile, and another socket closes. */
  @Test
  default void whatIsHandedOutStaysAsItIsUntilTheNextDequeue() throws IOException {
    try (TestPump pump = open();
        TestPump others = open()) {
      int slots = 16;
      TestSocket peer = others.open(1, MORE, 64);
      TestSocket socket = pump.open(slots, 1, 64);
      for (int round = 0; round < 40; round++) {
        TestSocket leaving = pump.open(1, 1, 128);
        leaving.postFirst(1).commit();
        socket.postFirst(slots / 2).commit();
        send(peer, socket, 4);
        CompletionBatch batch = new CompletionBatch();
        List<Done> handedOut = pump.dequeue(batch);
        while (handedOut.isEmpty()) {
          pump.await("the first of four");
          handedOut = pump.dequeue(batch);
        }

        for (int slot = slots / 2; slot < slots; slot++) {
          socket.post(slot);
        }
        socket.commit();
        send(peer, socket, slots - 4);
        leaving.close(); // which may have the kernel work

        for (int i = 0; i < handedOut.size(); i++) {
          assertThat(Done.of(batch, i, socket.requests())).isEqualTo(handedOut.get(i));
        }
        leaving.drain();
        leaving.release();
        socket.takeReceives(slots);
      }
    }
  }

  /** Each with a text of its own; they have arrived when it returns. */
  private static void send(TestSocket peer, TestSocket to, int count) throws IOException {
    for (int slot = 0; slot < count; slot++) {
      peer.send(slot, to, "datagram " + slot);
    }
    peer.commit();
    peer.takeSends(count);
  }

  private static MemorySegment payload(SlotRegion slots, int slot) {
    return slots.memory().asSlice(slots.payloadAt(slot), slots.payloadSize());
  }

  private static void assertThatIsPoison(MemorySegment memory) {
    for (long i = 0; i < memory.byteSize(); i++) {
      if (memory.get(ValueLayout.JAVA_BYTE, i) != POISON) {
        throw new AssertionError("byte " + i + " of " + memory + " was written to");
      }
    }
  }
}
