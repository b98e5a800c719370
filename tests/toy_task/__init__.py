"""A second task, to show that stages know no task: will the target stand above its last value?"""
