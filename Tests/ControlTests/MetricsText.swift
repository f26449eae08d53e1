/// The page of `MetricsTests`.
enum MetricsText {
    // swift-format-ignore
    static let prometheus = #"""
        # HELP yogiyogi_build_info The version that runs.
        # TYPE yogiyogi_build_info gauge
        yogiyogi_build_info{version="1.2.3"} 1
        # HELP yogiyogi_sagas Live sagas, by what they do.
        # TYPE yogiyogi_sagas gauge
        yogiyogi_sagas{workflow="order",status="running"} 1
        yogiyogi_sagas{workflow="order",status="waiting"} 1
        yogiyogi_sagas{workflow="order",status="cancelling"} 0
        yogiyogi_sagas{workflow="order",status="compensating"} 0
        yogiyogi_sagas{workflow="order",status="stuck"} 0
        yogiyogi_sagas{workflow="order",status="paused"} 0
        # HELP yogiyogi_sagas_in_state Live sagas, by where they are.
        # TYPE yogiyogi_sagas_in_state gauge
        yogiyogi_sagas_in_state{workflow="order",state="Paying"} 1
        yogiyogi_sagas_in_state{workflow="order",state="Reserved"} 1
        # HELP yogiyogi_oldest_saga_age_seconds Time since the oldest live saga was started.
        # TYPE yogiyogi_oldest_saga_age_seconds gauge
        yogiyogi_oldest_saga_age_seconds{workflow="order"} 5400
        # HELP yogiyogi_sagas_started_total Sagas that were started.
        # TYPE yogiyogi_sagas_started_total counter
        yogiyogi_sagas_started_total{workflow="order"} 3
        # HELP yogiyogi_sagas_ended_total Sagas that ended, by how.
        # TYPE yogiyogi_sagas_ended_total counter
        yogiyogi_sagas_ended_total{workflow="order",status="succeeded"} 0
        yogiyogi_sagas_ended_total{workflow="order",status="cancelled"} 1
        yogiyogi_sagas_ended_total{workflow="order",status="terminated"} 0
        # HELP yogiyogi_alarms_total Answers that contradict what was known of their step.
        # TYPE yogiyogi_alarms_total counter
        yogiyogi_alarms_total{workflow="order"} 0
        # HELP yogiyogi_sagas_stuck_total How often sagas got stuck, by what at.
        # TYPE yogiyogi_sagas_stuck_total counter
        # HELP yogiyogi_attempts_total Calls of participants that left, retries among them.
        # TYPE yogiyogi_attempts_total counter
        yogiyogi_attempts_total{participant="payment",operation="charge"} 3
        # HELP yogiyogi_call_duration_seconds How long calls of participants took, by what became of them.
        # TYPE yogiyogi_call_duration_seconds histogram
        yogiyogi_call_duration_seconds_bucket{participant="payment",operation="charge",outcome="succeeded",le="0.0005"} 1
        yogiyogi_call_duration_seconds_bucket{participant="payment",operation="charge",outcome="succeeded",le="0.001"} 1
        yogiyogi_call_duration_seconds_bucket{participant="payment",operation="charge",outcome="succeeded",le="0.0025"} 1
        yogiyogi_call_duration_seconds_bucket{participant="payment",operation="charge",outcome="succeeded",le="0.005"} 1
        yogiyogi_call_duration_seconds_bucket{participant="payment",operation="charge",outcome="succeeded",le="0.01"} 1
        yogiyogi_call_duration_seconds_bucket{participant="payment",operation="charge",outcome="succeeded",le="0.025"} 1
        yogiyogi_call_duration_seconds_bucket{participant="payment",operation="charge",outcome="succeeded",le="0.05"} 1
        yogiyogi_call_duration_seconds_bucket{participant="payment",operation="charge",outcome="succeeded",le="0.1"} 1
        yogiyogi_call_duration_seconds_bucket{participant="payment",operation="charge",outcome="succeeded",le="0.25"} 1
        yogiyogi_call_duration_seconds_bucket{participant="payment",operation="charge",outcome="succeeded",le="0.5"} 1
        yogiyogi_call_duration_seconds_bucket{participant="payment",operation="charge",outcome="succeeded",le="1.0"} 1
        yogiyogi_call_duration_seconds_bucket{participant="payment",operation="charge",outcome="succeeded",le="2.5"} 1
        yogiyogi_call_duration_seconds_bucket{participant="payment",operation="charge",outcome="succeeded",le="10.0"} 1
        yogiyogi_call_duration_seconds_bucket{participant="payment",operation="charge",outcome="succeeded",le="30.0"} 1
        yogiyogi_call_duration_seconds_bucket{participant="payment",operation="charge",outcome="succeeded",le="60.0"} 1
        yogiyogi_call_duration_seconds_bucket{participant="payment",operation="charge",outcome="succeeded",le="+Inf"} 1
        yogiyogi_call_duration_seconds_sum{participant="payment",operation="charge",outcome="succeeded"} 0
        yogiyogi_call_duration_seconds_count{participant="payment",operation="charge",outcome="succeeded"} 1
        yogiyogi_call_duration_seconds_bucket{participant="payment",operation="charge",outcome="refused",le="0.0005"} 1
        yogiyogi_call_duration_seconds_bucket{participant="payment",operation="charge",outcome="refused",le="0.001"} 1
        yogiyogi_call_duration_seconds_bucket{participant="payment",operation="charge",outcome="refused",le="0.0025"} 1
        yogiyogi_call_duration_seconds_bucket{participant="payment",operation="charge",outcome="refused",le="0.005"} 1
        yogiyogi_call_duration_seconds_bucket{participant="payment",operation="charge",outcome="refused",le="0.01"} 1
        yogiyogi_call_duration_seconds_bucket{participant="payment",operation="charge",outcome="refused",le="0.025"} 1
        yogiyogi_call_duration_seconds_bucket{participant="payment",operation="charge",outcome="refused",le="0.05"} 1
        yogiyogi_call_duration_seconds_bucket{participant="payment",operation="charge",outcome="refused",le="0.1"} 1
        yogiyogi_call_duration_seconds_bucket{participant="payment",operation="charge",outcome="refused",le="0.25"} 1
        yogiyogi_call_duration_seconds_bucket{participant="payment",operation="charge",outcome="refused",le="0.5"} 1
        yogiyogi_call_duration_seconds_bucket{participant="payment",operation="charge",outcome="refused",le="1.0"} 1
        yogiyogi_call_duration_seconds_bucket{participant="payment",operation="charge",outcome="refused",le="2.5"} 1
        yogiyogi_call_duration_seconds_bucket{participant="payment",operation="charge",outcome="refused",le="10.0"} 1
        yogiyogi_call_duration_seconds_bucket{participant="payment",operation="charge",outcome="refused",le="30.0"} 1
        yogiyogi_call_duration_seconds_bucket{participant="payment",operation="charge",outcome="refused",le="60.0"} 1
        yogiyogi_call_duration_seconds_bucket{participant="payment",operation="charge",outcome="refused",le="+Inf"} 1
        yogiyogi_call_duration_seconds_sum{participant="payment",operation="charge",outcome="refused"} 0
        yogiyogi_call_duration_seconds_count{participant="payment",operation="charge",outcome="refused"} 1
        # HELP yogiyogi_calls_in_flight Calls that were sent and not answered.
        # TYPE yogiyogi_calls_in_flight gauge
        yogiyogi_calls_in_flight{participant="payment"} 1
        # HELP yogiyogi_calls_queued Calls that wait, for room or for the participant to come back.
        # TYPE yogiyogi_calls_queued gauge
        yogiyogi_calls_queued{participant="payment"} 0
        # HELP yogiyogi_calls_parked Those of them that wait for the participant to come back.
        # TYPE yogiyogi_calls_parked gauge
        yogiyogi_calls_parked{participant="payment"} 0
        # HELP yogiyogi_breaker_state 1 for the state that a participant's breaker is in.
        # TYPE yogiyogi_breaker_state gauge
        yogiyogi_breaker_state{participant="payment",state="closed"} 1
        yogiyogi_breaker_state{participant="payment",state="open"} 0
        yogiyogi_breaker_state{participant="payment",state="half-open"} 0
        # HELP yogiyogi_inputs_total Orders and chores that the loop took.
        # TYPE yogiyogi_inputs_total counter
        yogiyogi_inputs_total N
        # HELP yogiyogi_inbox_orders Orders and chores that wait to be taken.
        # TYPE yogiyogi_inbox_orders gauge
        yogiyogi_inbox_orders 0
        # HELP yogiyogi_inbox_orders_max Commands that may wait.
        # TYPE yogiyogi_inbox_orders_max gauge
        yogiyogi_inbox_orders_max 7
        # HELP yogiyogi_commands_refused_total Commands that were turned away as too many waited (429).
        # TYPE yogiyogi_commands_refused_total counter
        yogiyogi_commands_refused_total 0
        # HELP yogiyogi_waits Requests whose answer waits until their saga has got somewhere.
        # TYPE yogiyogi_waits gauge
        yogiyogi_waits 0
        # HELP yogiyogi_timer_lateness_seconds How late timers came after they were due.
        # TYPE yogiyogi_timer_lateness_seconds histogram
        yogiyogi_timer_lateness_seconds_bucket{le="0.001"} 0
        yogiyogi_timer_lateness_seconds_bucket{le="0.005"} 0
        yogiyogi_timer_lateness_seconds_bucket{le="0.01"} 0
        yogiyogi_timer_lateness_seconds_bucket{le="0.05"} 0
        yogiyogi_timer_lateness_seconds_bucket{le="0.1"} 0
        yogiyogi_timer_lateness_seconds_bucket{le="0.25"} 0
        yogiyogi_timer_lateness_seconds_bucket{le="0.5"} 0
        yogiyogi_timer_lateness_seconds_bucket{le="1.0"} 0
        yogiyogi_timer_lateness_seconds_bucket{le="5.0"} 0
        yogiyogi_timer_lateness_seconds_bucket{le="15.0"} 0
        yogiyogi_timer_lateness_seconds_bucket{le="60.0"} 0
        yogiyogi_timer_lateness_seconds_bucket{le="300.0"} 0
        yogiyogi_timer_lateness_seconds_bucket{le="1800.0"} 0
        yogiyogi_timer_lateness_seconds_bucket{le="3600.0"} 0
        yogiyogi_timer_lateness_seconds_bucket{le="21600.0"} 0
        yogiyogi_timer_lateness_seconds_bucket{le="+Inf"} 0
        yogiyogi_timer_lateness_seconds_sum 0
        yogiyogi_timer_lateness_seconds_count 0
        # HELP yogiyogi_paused 1 while nothing moves until it is resumed.
        # TYPE yogiyogi_paused gauge
        yogiyogi_paused 0
        # HELP yogiyogi_commits_total Commits of what orders came to.
        # TYPE yogiyogi_commits_total counter
        yogiyogi_commits_total 5
        # HELP yogiyogi_commit_duration_seconds How long commits took, from their first row on.
        # TYPE yogiyogi_commit_duration_seconds histogram
        yogiyogi_commit_duration_seconds_bucket{le="5e-05"} 5
        yogiyogi_commit_duration_seconds_bucket{le="0.0001"} 5
        yogiyogi_commit_duration_seconds_bucket{le="0.00025"} 5
        yogiyogi_commit_duration_seconds_bucket{le="0.0005"} 5
        yogiyogi_commit_duration_seconds_bucket{le="0.001"} 5
        yogiyogi_commit_duration_seconds_bucket{le="0.0025"} 5
        yogiyogi_commit_duration_seconds_bucket{le="0.005"} 5
        yogiyogi_commit_duration_seconds_bucket{le="0.01"} 5
        yogiyogi_commit_duration_seconds_bucket{le="0.025"} 5
        yogiyogi_commit_duration_seconds_bucket{le="0.05"} 5
        yogiyogi_commit_duration_seconds_bucket{le="0.1"} 5
        yogiyogi_commit_duration_seconds_bucket{le="0.25"} 5
        yogiyogi_commit_duration_seconds_bucket{le="0.5"} 5
        yogiyogi_commit_duration_seconds_bucket{le="1.0"} 5
        yogiyogi_commit_duration_seconds_bucket{le="5.0"} 5
        yogiyogi_commit_duration_seconds_bucket{le="+Inf"} 5
        yogiyogi_commit_duration_seconds_sum 0
        yogiyogi_commit_duration_seconds_count 5
        # HELP yogiyogi_sync_duration_seconds How long it took to make them durable: the COMMIT alone, with its fsync.
        # TYPE yogiyogi_sync_duration_seconds histogram
        yogiyogi_sync_duration_seconds_bucket{le="5e-05"} 5
        yogiyogi_sync_duration_seconds_bucket{le="0.0001"} 5
        yogiyogi_sync_duration_seconds_bucket{le="0.00025"} 5
        yogiyogi_sync_duration_seconds_bucket{le="0.0005"} 5
        yogiyogi_sync_duration_seconds_bucket{le="0.001"} 5
        yogiyogi_sync_duration_seconds_bucket{le="0.0025"} 5
        yogiyogi_sync_duration_seconds_bucket{le="0.005"} 5
        yogiyogi_sync_duration_seconds_bucket{le="0.01"} 5
        yogiyogi_sync_duration_seconds_bucket{le="0.025"} 5
        yogiyogi_sync_duration_seconds_bucket{le="0.05"} 5
        yogiyogi_sync_duration_seconds_bucket{le="0.1"} 5
        yogiyogi_sync_duration_seconds_bucket{le="0.25"} 5
        yogiyogi_sync_duration_seconds_bucket{le="0.5"} 5
        yogiyogi_sync_duration_seconds_bucket{le="1.0"} 5
        yogiyogi_sync_duration_seconds_bucket{le="5.0"} 5
        yogiyogi_sync_duration_seconds_bucket{le="+Inf"} 5
        yogiyogi_sync_duration_seconds_sum 0
        yogiyogi_sync_duration_seconds_count 5
        # HELP yogiyogi_commit_orders Orders in a commit.
        # TYPE yogiyogi_commit_orders histogram
        yogiyogi_commit_orders_bucket{le="1.0"} 5
        yogiyogi_commit_orders_bucket{le="2.0"} 5
        yogiyogi_commit_orders_bucket{le="4.0"} 5
        yogiyogi_commit_orders_bucket{le="8.0"} 5
        yogiyogi_commit_orders_bucket{le="16.0"} 5
        yogiyogi_commit_orders_bucket{le="32.0"} 5
        yogiyogi_commit_orders_bucket{le="64.0"} 5
        yogiyogi_commit_orders_bucket{le="128.0"} 5
        yogiyogi_commit_orders_bucket{le="256.0"} 5
        yogiyogi_commit_orders_bucket{le="512.0"} 5
        yogiyogi_commit_orders_bucket{le="1024.0"} 5
        yogiyogi_commit_orders_bucket{le="2048.0"} 5
        yogiyogi_commit_orders_bucket{le="4096.0"} 5
        yogiyogi_commit_orders_bucket{le="8192.0"} 5
        yogiyogi_commit_orders_bucket{le="16384.0"} 5
        yogiyogi_commit_orders_bucket{le="+Inf"} 5
        yogiyogi_commit_orders_sum 5
        yogiyogi_commit_orders_count 5
        # HELP yogiyogi_store_bytes Size of the store's pages.
        # TYPE yogiyogi_store_bytes gauge
        yogiyogi_store_bytes N
        # HELP yogiyogi_store_log_bytes Size of the store's write-ahead log.
        # TYPE yogiyogi_store_log_bytes gauge
        yogiyogi_store_log_bytes N
        # HELP yogiyogi_store_writable 0 while the store takes no writes.
        # TYPE yogiyogi_store_writable gauge
        yogiyogi_store_writable 1
        # HELP yogiyogi_pruned_sagas_total Ended sagas that retention took away.
        # TYPE yogiyogi_pruned_sagas_total counter
        yogiyogi_pruned_sagas_total 0
        # HELP yogiyogi_consumer_behind_commits Commits that a consumer of the feed has not taken, with those that its filter leaves out.
        # TYPE yogiyogi_consumer_behind_commits gauge
        yogiyogi_consumer_behind_commits{consumer="books"} 5
        # HELP yogiyogi_consumer_behind_seconds How long ago the first of them was; 0 when there is none.
        # TYPE yogiyogi_consumer_behind_seconds gauge
        yogiyogi_consumer_behind_seconds{consumer="books"} 5400
        # HELP yogiyogi_webhook_parked 1 while a receiver takes nothing of what it is told.
        # TYPE yogiyogi_webhook_parked gauge
        yogiyogi_webhook_parked{consumer="books"} 1
        # HELP yogiyogi_webhook_deliveries_total Batches that were sent to receivers, by what came of them.
        # TYPE yogiyogi_webhook_deliveries_total counter
        yogiyogi_webhook_deliveries_total{consumer="books",outcome="taken"} 7
        yogiyogi_webhook_deliveries_total{consumer="books",outcome="refused"} 0
        yogiyogi_webhook_deliveries_total{consumer="books",outcome="unreached"} 2
        yogiyogi_webhook_deliveries_total{consumer="books",outcome="unanswered"} 0
        # HELP yogiyogi_log_dropped_total Entries of the log that were lost as the journal did not keep up.
        # TYPE yogiyogi_log_dropped_total counter
        yogiyogi_log_dropped_total 12
        # HELP yogiyogi_watchdog_interval_seconds Time after which systemd ends a process that is not fed.
        # TYPE yogiyogi_watchdog_interval_seconds gauge
        yogiyogi_watchdog_interval_seconds 30
        # HELP yogiyogi_watchdog_margin_seconds What is left of it now.
        # TYPE yogiyogi_watchdog_margin_seconds gauge
        yogiyogi_watchdog_margin_seconds 22.5
        # HELP yogiyogi_watchdog_least_margin_seconds The least that was left whenever the watchdog was fed.
        # TYPE yogiyogi_watchdog_least_margin_seconds gauge
        yogiyogi_watchdog_least_margin_seconds 21.25
        # HELP process_cpu_seconds_total Total user and system CPU time spent in seconds.
        # TYPE process_cpu_seconds_total counter
        process_cpu_seconds_total 1.25
        # HELP process_resident_memory_bytes Resident memory size in bytes.
        # TYPE process_resident_memory_bytes gauge
        process_resident_memory_bytes 41000000
        # HELP process_virtual_memory_bytes Virtual memory size in bytes.
        # TYPE process_virtual_memory_bytes gauge
        process_virtual_memory_bytes 900000000
        # HELP process_open_fds Number of open file descriptors.
        # TYPE process_open_fds gauge
        process_open_fds 17
        # HELP process_max_fds Maximum number of open file descriptors.
        # TYPE process_max_fds gauge
        process_max_fds 65536
        # HELP process_start_time_seconds Start time of the process since unix epoch in seconds.
        # TYPE process_start_time_seconds gauge
        process_start_time_seconds 1798797599.5

        """#
}
