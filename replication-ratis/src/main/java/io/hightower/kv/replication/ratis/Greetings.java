package io.hightower.kv.replication.ratis;

import io.hightower.kv.statemachine.StorageException;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import java.util.stream.Collectors;

/**
 * This member's introductions to the others, who remember it. A member that lost its directories and begins anew under its
 * old name has forgotten what it voted for and acknowledged; whoever knows it from before tells it so, and it must not take
 * part.
 *
 * <p>Others that cannot be reached are asked again until each has answered once. Thread-safe.
 */
final class Greetings {
    private static final Duration PATIENCE = Duration.ofSeconds(1);

    private final PeerLinks links;
    private final String incarnation;
    private final Set<String> unanswered = ConcurrentHashMap.newKeySet();

    Greetings(RatisOptions options, PeerLinks links, String incarnation) {
        this.links = links;
        this.incarnation = incarnation;
        unanswered.addAll(options.members().keySet().stream()
                .filter(other -> !other.equals(options.memberId()))
                .collect(Collectors.toSet()));
    }

    /**
     * Greets whoever can be reached before this member takes part for the first time. Waits about a second at most.
     *
     * @throws StorageException if one of them knows another directory by this member's name
     */
    void beforeFirstStart() {
        Map<String, CompletableFuture<Byte>> asked = new HashMap<>();
        for (String other : unanswered) {
            asked.put(other, links.greet(other, incarnation, PATIENCE));
        }
        asked.forEach((other, answer) -> {
            byte welcome = answer.exceptionally(unreachable -> (byte) 0).join();
            hear(other, welcome, reason -> {
                throw new StorageException(reason);
            });
        });
    }

    /** Greets again whoever has not answered; {@code unwelcome} is told if one of them knows another directory. */
    void repeat(Consumer<String> unwelcome) {
        for (String other : unanswered) {
            Completion.observe(links.greet(other, incarnation, PATIENCE), (welcome, unreachable) -> {
                if (welcome != null) {
                    hear(other, welcome, unwelcome);
                }
            });
        }
    }

    private void hear(String other, byte welcome, Consumer<String> unwelcome) {
        if (welcome == MemberProtocol.WELCOME) {
            unanswered.remove(other);
        } else if (welcome == MemberProtocol.KNOWN_OTHERWISE) {
            unwelcome.accept(
                    "Another directory took part in this cluster under this member's name. Restore that one, or"
                            + " have the member removed and add it again, with empty directories, under a name that was never"
                            + " used: knownBy=" + other);
        }
    }
}
