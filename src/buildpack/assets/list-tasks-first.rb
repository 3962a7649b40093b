# Makes rake write the list of its tasks, exactly as `rake -P` prints it, before it runs any of them. Then
# rake waits for the build to decide which tasks to run.
#
# The build loads this file with `rake --require`, from a directory in which
#
#     tasks    is the list, complete or missing
#     run      is the decision: one task on each line. If it is empty, rake ends without running any.
module ListTasksFirst
  LIST = File.join(__dir__, "tasks")
  DECISION = File.join(__dir__, "run")
  BUILD = Process.ppid

  def top_level
    write_task_list
    wanted = read_decision
    return if wanted.empty?

    # Tasks that the Rakefile itself has added stay.
    top_level_tasks.delete("assets:clean") unless wanted.include?("assets:clean")
    super
  end

  private

  def write_task_list
    printed = $stdout
    File.open("#{LIST}.part", "w") do |file|
      $stdout = file
      display_prerequisites
    end
    File.rename("#{LIST}.part", LIST)
  ensure
    $stdout = printed
  end

  def read_decision
    until File.exist?(DECISION)
      # The build was killed.
      exit!(1) if Process.ppid != BUILD
      sleep 0.01
    end
    File.readlines(DECISION).map(&:chomp)
  end
end

Rake::Application.prepend(ListTasksFirst)
