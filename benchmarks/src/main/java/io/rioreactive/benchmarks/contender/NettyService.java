package io.rioreactive.benchmarks.contender;

import io.netty.channel.Channel;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.function.Consumer;

/**
 * Bound channels of Netty, whoever made them.
 *
 * @param sends how to send by the first of them
 */
record NettyService(List<Channel> channels, Consumer<Turns> sends) implements Contender.Service {

  @Override
  public List<Integer> ports() {
    return channels.stream()
        .map(channel -> ((InetSocketAddress) channel.localAddress()).getPort())
        .toList();
  }

  @Override
  public void send(Turns turns) {
    sends.accept(turns);
  }

  @Override
  public String transport() {
    return channels.getFirst().getClass().getSimpleName();
  }
}
