package io.hightower.kv.cli.process;

import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.OptionalInt;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * The signals that ask a process to end, SIGTERM and SIGINT, turned into a call.
 *
 * <p>A handler is better than a shutdown hook here: it leaves the exit code to the program, and does not mistake an exit
 * for another reason for a wish of the operator. The JDK's class for it, {@code sun.misc.Signal}, is exported but no part of
 * the platform that the compiler knows, hence the reflection. Where it is missing, the signals end the process as usual.
 *
 * <p><b>Threads.</b> Thread-safe. <b>Lifetime.</b> {@link #close} gives the signals back to whoever had them before.
 */
public final class StopSignals implements AutoCloseable {
    private static final String SIGNAL_CLASS = "sun.misc.Signal";
    private static final String HANDLER_CLASS = "sun.misc.SignalHandler";
    private static final int INT = 2;
    private static final int TERM = 15;
    private static final int SIGNAL_EXIT_BASE = 128;

    /** The number of the first signal; 0 before it. */
    private final AtomicInteger first = new AtomicInteger();

    private final AtomicInteger interrupts = new AtomicInteger();
    private final Runnable action;
    private final Map<String, Object> before = new LinkedHashMap<>();

    private StopSignals(Runnable action) {
        this.action = action;
    }

    /**
     * Calls {@code action} once, on a thread of its own, at the first signal. Further ones change nothing, except a second
     * SIGINT, which ends the process at once: somebody is impatient. A signal that the process ignores stays ignored.
     */
    public static StopSignals calling(Runnable action) {
        StopSignals signals = new StopSignals(action);
        signals.handle("TERM", TERM);
        signals.handle("INT", INT);
        return signals;
    }

    /** Returns the exit code that tells of the first signal, as shells give it; nothing if there was none. */
    public OptionalInt exitCode() {
        return first.get() == 0 ? OptionalInt.empty() : OptionalInt.of(SIGNAL_EXIT_BASE + first.get());
    }

    private void arrived(int number) {
        if (number == INT && interrupts.incrementAndGet() > 1) {
            Runtime.getRuntime().halt(SIGNAL_EXIT_BASE + INT);
        }
        if (first.compareAndSet(0, number)) {
            action.run();
        }
    }

    private void handle(String name, int number) {
        try {
            Class<?> handler = Class.forName(HANDLER_CLASS);
            Object ours = Proxy.newProxyInstance(
                    handler.getClassLoader(), new Class<?>[] {handler}, (proxy, method, arguments) -> {
                        if (method.getName().equals("handle")) {
                            arrived(number);
                        }
                        return answer(proxy, method, arguments);
                    });
            Object previous = replace(name, ours);
            if (handler.getField("SIG_IGN").get(null).equals(previous)) {
                replace(name, previous);
            } else {
                before.put(name, previous);
            }
        } catch (ReflectiveOperationException e) {
            // Without the class, or with a JVM that keeps the signal to itself, the signal ends the process as usual.
            return;
        }
    }

    /** Has the handler called at the signal, and returns the one before. */
    private static Object replace(String name, Object newHandler) throws ReflectiveOperationException {
        Class<?> signal = Class.forName(SIGNAL_CLASS);
        Class<?> handler = Class.forName(HANDLER_CLASS);
        Object subject = signal.getConstructor(String.class).newInstance(name);
        return signal.getMethod("handle", signal, handler).invoke(null, subject, newHandler);
    }

    @Override
    public void close() {
        for (Map.Entry<String, Object> previous : before.entrySet()) {
            try {
                replace(previous.getKey(), previous.getValue());
            } catch (ReflectiveOperationException e) {
                throw new IllegalStateException("A signal was taken but cannot be given back", e);
            }
        }
        before.clear();
    }

    /** Answers the methods that every object has; a proxy must. */
    private static @Nullable Object answer(Object proxy, Method method, Object @Nullable [] arguments) {
        return switch (method.getName()) {
            case "equals" -> arguments != null && proxy == arguments[0];
            case "hashCode" -> System.identityHashCode(proxy);
            case "toString" -> "stop signal handler";
            default -> null;
        };
    }
}
