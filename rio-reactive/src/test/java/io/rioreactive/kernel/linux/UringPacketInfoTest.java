package io.rioreactive.kernel.linux;

import static io.rioreactive.kernel.KernelHarness.postReceives;
import static org.assertj.core.api.Assertions.assertThat;

import io.rioreactive.kernel.KernelHarness;
import io.rioreactive.kernel.KernelHarness.Done;
import io.rioreactive.kernel.PacketInfoRules;
import io.rioreactive.kernel.RequestQueue;
import java.io.IOException;
import java.net.DatagramPacket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;

@EnabledOnOs(OS.LINUX)
class UringPacketInfoTest implements PacketInfoRules {

  @Override
  public KernelHarness openHarness() throws IOException {
    return new UringHarness();
  }

  @Override
  public boolean peersSetTrafficClass(InetAddress to) {
    return true;
  }

  @Test
  void eachOfABatchHasItsOwn() throws IOException {
    try (UringHarness harness = new UringHarness()) {
      RequestQueue socket = PacketInfoRules.open(harness, "0.0.0.0", 8);
      postReceives(socket, 8);
      List<InetSocketAddress> asked = new ArrayList<>();
      for (int i = 0; i < 8; i++) {
        InetSocketAddress to =
            PacketInfoRules.at(i % 3 == 0 ? PacketInfoRules.V4 : PacketInfoRules.V4_SECOND, socket);
        harness.peer.send(new DatagramPacket(new byte[1], 1, to));
        asked.add(to);
      }

      List<Done> done = harness.dequeue();

      assertThat(done)
          .extracting(one -> PacketInfoRules.info(socket, harness.place(one)).local())
          .containsExactlyElementsOf(asked);
    }
  }
}
