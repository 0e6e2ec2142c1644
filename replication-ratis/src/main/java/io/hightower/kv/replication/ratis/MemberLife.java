package io.hightower.kv.replication.ratis;

import io.hightower.kv.statemachine.api.MemberDeath;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;

/**
 * Whether this member lives, is closing, or has died, and why. Death is final and told once.
 *
 * <p>Ratis keeps quiet when a division dies: the process would live on, answer nobody and still count as a member. Thread-safe.
 */
final class MemberLife {
    private static final System.Logger LOGGER = System.getLogger(MemberLife.class.getName());

    private final Consumer<MemberDeath> onDeath;
    private final AtomicReference<String> death = new AtomicReference<>();
    private final List<Consumer<String>> mourners = new ArrayList<>();
    private volatile boolean closing;

    MemberLife(Consumer<MemberDeath> onDeath) {
        this.onDeath = onDeath;
    }

    /** Has {@code mourner} told of the death before the owner of the process is. Called before the member starts. */
    void beforeDeath(Consumer<String> mourner) {
        mourners.add(mourner);
    }

    /** Ends the member, unless it is closing or dead. Returns at once; who hears of it does so on another thread. */
    void die(String reason, Throwable cause) {
        if (end(new MemberDeath(MemberDeath.Kind.FAILED, reason + ": " + cause))) {
            LOGGER.log(System.Logger.Level.ERROR, "This member of the cluster has died: " + reason, cause);
        }
    }

    /** Ends the member because it was removed, as {@link #die} does. */
    void leave(String reason) {
        if (end(new MemberDeath(MemberDeath.Kind.REMOVED, reason))) {
            LOGGER.log(System.Logger.Level.INFO, reason);
        }
    }

    /** Returns false if the member is closing or dead already. */
    private boolean end(MemberDeath told) {
        String text = told.reason();
        if (closing || !death.compareAndSet(null, text)) {
            return false;
        }
        // Called under locks of Ratis, and the owner may well end the process.
        Thread thread = new Thread(
                () -> {
                    mourners.forEach(mourner -> mourner.accept(text));
                    if (!closing) {
                        onDeath.accept(told);
                    }
                },
                "hightower-member-death");
        thread.setDaemon(true);
        thread.start();
        return true;
    }

    void beginClosing() {
        closing = true;
    }

    boolean isClosing() {
        return closing;
    }

    /** Returns why the member died; nothing while it lives. */
    Optional<String> death() {
        return Optional.ofNullable(death.get());
    }
}
