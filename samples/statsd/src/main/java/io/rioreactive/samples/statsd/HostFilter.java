package io.rioreactive.samples.statsd;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.http.HttpStatus;
import org.springframework.stereotype.Component;
import org.springframework.web.server.ResponseStatusException;
import org.springframework.web.server.ServerWebExchange;
import org.springframework.web.server.WebFilter;
import org.springframework.web.server.WebFilterChain;
import reactor.core.publisher.Mono;

/**
 * The page answers to an address, to localhost and to the name it was given. Any other name may be
 * that of a stranger's page, who has it resolve to this machine (DNS rebinding): to a browser that
 * page would be ours, and could read all and move the slider.
 */
@Component
final class HostFilter implements WebFilter {

  private final String name;

  HostFilter(@Value("${server.address}") String name) {
    this.name = name;
  }

  @Override
  public Mono<Void> filter(ServerWebExchange exchange, WebFilterChain chain) {
    InetSocketAddress host = exchange.getRequest().getHeaders().getHost();
    return isOurs(host)
        ? chain.filter(exchange)
        : Mono.error(
            new ResponseStatusException(
                HttpStatus.FORBIDDEN, "ask by address, or start with --http-host and this name"));
  }

  private boolean isOurs(@Nullable InetSocketAddress host) {
    if (host == null) {
      return false;
    }
    String asked = host.getHostString();
    return asked.equalsIgnoreCase("localhost")
        || asked.equalsIgnoreCase(name)
        || isLiteral(asked.replace("[", "").replace("]", ""));
  }

  private static boolean isLiteral(String host) {
    try {
      InetAddress.ofLiteral(host);
      return true;
    } catch (IllegalArgumentException _) {
      return false;
    }
  }
}
