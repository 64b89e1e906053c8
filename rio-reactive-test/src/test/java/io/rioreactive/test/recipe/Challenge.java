package io.rioreactive.test.recipe;

import io.rioreactive.Datagram;
import io.rioreactive.RioConnection;
import io.rioreactive.RioUdpServer;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.util.HexFormat;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Function;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.reactivestreams.Publisher;
import reactor.core.publisher.Mono;

/** Long answers for those alone who hear what is sent to them: a token has to come back first. */
class Challenge {

  private final byte[] key = new byte[32];
  private final Function<String, Mono<String>> lookUp;
  private final List<RioConnection> sockets = new CopyOnWriteArrayList<>(); // one for each pump

  Challenge(Function<String, Mono<String>> lookUp) {
    this.lookUp = lookUp;
    new SecureRandom().nextBytes(key);
  }

  RioUdpServer on(RioUdpServer server) {
    return server
        .amplificationGuard(true)
        .doOnBound(sockets::add)
        .doOnUnbound(sockets::remove)
        .respond(this::answer);
  }

  private Publisher<Datagram> answer(Datagram query) {
    InetSocketAddress peer = query.remoteAddress();
    String token = token(peer);
    String text = query.asString();
    if (!text.startsWith(token + " ")) {
      return Mono.just(query.reply(token)); // short: it may go to somebody who has not asked
    }
    sockets.forEach(socket -> socket.validated(peer));
    return lookUp.apply(text.substring(token.length() + 1)).map(query::reply);
  }

  /** 16 digits that nobody else can know, and nothing has to be kept for them. */
  private String token(InetSocketAddress peer) {
    try {
      Mac mac = Mac.getInstance("HmacSHA256");
      mac.init(new SecretKeySpec(key, "HmacSHA256"));
      mac.update(peer.getAddress().getAddress());
      mac.update(ByteBuffer.allocate(4).putInt(peer.getPort()).flip());
      return HexFormat.of().formatHex(mac.doFinal(), 0, 8);
    } catch (GeneralSecurityException impossible) { // each JDK has it
      throw new IllegalStateException(impossible);
    }
  }
}
