"""A Map whose item has failed starts no other, as in Step Functions; ministack goes on to the end of the items."""

from ministack.services import stepfunctions


class _Progress:
    """Shared by all items of one Map, whose contexts are copied for each."""

    failed = False

    def __deepcopy__(self, memo):
        return self


def install() -> None:
    run_items, run_item = stepfunctions._run_map_items, stepfunctions._run_sub_machine

    def run_items_until_one_fails(state_def, raw_input, execution, ctx):
        return run_items(state_def, raw_input, execution, {**ctx, "BoxProgress": _Progress()})

    def run_item_unless_one_failed(states, start_at, input_data, execution, ctx):
        progress = ctx.get("BoxProgress")
        if progress is not None and progress.failed:
            raise stepfunctions._ExecutionError("States.TaskFailed", "another item of the Map has failed")
        try:
            return run_item(states, start_at, input_data, execution, ctx)
        except Exception:
            if progress is not None:
                progress.failed = True
            raise

    stepfunctions._run_map_items = run_items_until_one_fails
    stepfunctions._run_sub_machine = run_item_unless_one_failed
