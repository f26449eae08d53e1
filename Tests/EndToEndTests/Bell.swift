/// The smallest workflow there is: it calls nobody, and waits.
enum Bell {
    static let workflow = """
        workflow: bell
        version: "1"
        summary: Waits.
        initial: Waiting
        states:
          Waiting: { signals: { ring: Rung } }
          Rung: { end: succeeded }
          Cancelled: { end: cancelled }

        """
}
